package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.files.FileOptions.QualityEncodingChoice;
import io.kmerflow.files.read.ReadFiles;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.SequenceReader;
import io.kmerflow.sequence.inspect.FileInspection;
import io.kmerflow.sequence.inspect.FileInspector;
import io.kmerflow.sequence.inspect.InterleavedInspection;
import io.kmerflow.sequence.inspect.InterleavedInspector;
import io.kmerflow.sequence.inspect.PairInspection;
import io.kmerflow.sequence.inspect.PairInspector;
import io.kmerflow.sequence.inspect.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is in files of reads, and whether they can be annotated as they are. */
@Command(
        name = "inspect",
        description = {
            "Checks files of reads and reports what is in them.",
            "Reads each file once, in full: records, lengths, quality encoding, platform, and every "
                    + "malformed record with its place. Exit code 3 if a file or a pair was rejected."
        },
        footer = "kmerflow inspect R1.fastq.gz --mates R2.fastq.gz",
        mixinStandardHelpOptions = true)
public final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "FASTQ, FASTA or SAM, plain, gzip, bzip2, xz or Zstandard, BAM or CRAM (recognised by content), a folder"
                            + " for the sequence files in it and its subfolders, sorted, or - for standard input.")
    private List<String> files;

    @Option(
            names = {"-2", "--mates"},
            arity = "1..*",
            paramLabel = "FILE",
            description = "Second mates of the files, in the same order; names are checked pair by pair.")
    private List<String> mates = List.of();

    @Option(
            names = "--interleaved",
            description = "Mates follow one another in each file: names are checked pair by pair.")
    private boolean interleaved;

    @Option(
            names = "--reference",
            paramLabel = "FASTA",
            description = "Reference of CRAM files, indexed (.fai); needed only where they do not hold their bases.")
    private Path reference;

    @Option(
            names = "--quality-encoding",
            paramLabel = "auto|phred33|phred64|solexa64",
            defaultValue = "auto",
            description = "Encoding of qualities in FASTQ files (default: ${DEFAULT-VALUE}, recognised from"
                    + " all of the file). A character outside the encoding is an error.")
    private QualityEncodingChoice qualityEncoding;

    @Option(names = "--json", description = "One JSON object a line for each file or pair, instead of tables.")
    private boolean json;

    @Override
    public Integer call() {
        if (interleaved && !mates.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "Expected mates in separate files or interleaved, got both");
        }
        if (reference != null) {
            System.setProperty(ReadFiles.REFERENCE, reference.toString());
        }
        InputFiles input = InputFiles.of(files, mates, spec);
        boolean rejected = false;
        for (int i = 0; i < input.files().size(); i++) {
            String path = input.files().get(i);
            Verdict verdict = !input.mates().isEmpty()
                    ? inspect(path, input.mates().get(i))
                    : interleaved ? inspectInterleaved(path) : inspect(path);
            rejected |= verdict != Verdict.ACCEPT;
        }
        return rejected ? ExitCode.REJECTED : ExitCode.FINE;
    }

    private Verdict inspect(String path) {
        try (SequenceReader reader = open(path)) {
            FileInspection file = FileInspector.inspect(reader, qualityEncoding.encoding());
            if (json) {
                print(InspectionJson.line(InspectionJson.of(path, file)));
            } else {
                InspectionTable.print(path, file, out());
            }
            return file.verdict();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private Verdict inspectInterleaved(String path) {
        try (SequenceReader reader = open(path)) {
            InterleavedInspection mates = InterleavedInspector.inspect(reader, qualityEncoding.encoding());
            if (json) {
                print(InspectionJson.line(InspectionJson.of(path, mates)));
            } else {
                InspectionTable.print(path, mates, out());
            }
            return mates.verdict();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private Verdict inspect(String path, String matesPath) {
        try (SequenceReader first = open(path);
                SequenceReader second = open(matesPath)) {
            PairInspection pair = PairInspector.inspect(first, second, qualityEncoding.encoding());
            if (json) {
                print(InspectionJson.line(InspectionJson.of(path, matesPath, pair)));
            } else {
                InspectionTable.print(path, matesPath, pair, out());
            }
            return pair.verdict();
        } catch (IOException e) {
            throw unreadable(path + " and " + matesPath, e);
        }
    }

    private SequenceReader open(String path) throws IOException {
        QualityEncoding given = qualityEncoding.encoding();
        return ReadFiles.open(path, given == null ? QualityEncoding.PHRED33 : given);
    }

    private void print(String line) {
        out().println(line);
        out().flush();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static CommandFailure unreadable(String path, IOException cause) {
        return new CommandFailure(
                String.format(Locale.ROOT, "Expected to read %s to its end: %s", path, cause.getMessage()), cause);
    }
}
