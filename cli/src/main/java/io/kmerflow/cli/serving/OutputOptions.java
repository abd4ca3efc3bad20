package io.kmerflow.cli.serving;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.files.FileAnnotationJob;
import io.kmerflow.files.FileOptions;
import io.kmerflow.files.FileOutputs;
import io.kmerflow.files.TaxonReports;
import io.kmerflow.files.fragment.FragmentCalls;
import io.kmerflow.files.write.LabelStrands;
import io.kmerflow.job.JobOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a run over files leaves behind. */
final class OutputOptions {
    private static final String NCBI = "NCBITaxon:";

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "By extension: JSON Lines (.jsonl), tab-separated (.tsv), BED (.bed), GFF3 (.gff3), bedGraph"
                    + " (.bedgraph, with --label), all also .gz, Parquet (.parquet), or unaligned BAM (.bam); - for JSON Lines on standard"
                    + " output, also the path of a device or pipe. Repeat for several. A file that is there is replaced when the"
                    + " run has succeeded. Coordinates are on the reads as sequenced.")
    private List<String> outputs;

    @Option(
            names = "--label",
            paramLabel = "NAME",
            description = "The label whose probability a bedGraph shows; windows are scored one by one.")
    private String label;

    @Option(
            names = "--counts",
            paramLabel = "FILE",
            description = "Reads and bases per sample, barcode and label, uncalled ones too: .tsv or .json, also .gz.")
    private String counts;

    @Option(
            names = "--kreport",
            paramLabel = "FILE",
            description = "Reads per taxon as Kraken 2 reports them, for labels with NCBI taxon ids; also .gz.")
    private String kraken;

    @Option(
            names = "--krona",
            paramLabel = "FILE",
            description = "Reads per taxon as text for Krona's ktImportText, for labels with NCBI taxon ids; also .gz.")
    private String krona;

    @Option(
            names = "--per-fragment",
            description = "One call of both mates: their log-probabilities are summed. Each mate keeps its row; the"
                    + " call of the mate alone is mateCall in JSON Lines. Needs --mates or --interleaved.")
    private boolean perFragment;

    @Option(
            names = "--split-output",
            paramLabel = "DIR",
            description = "The original records per label: LABEL.fastq.gz, for mates LABEL.R1.fastq.gz and"
                    + " LABEL.R2.fastq.gz in step, LABEL.bam for alignments. Reads the input twice. A folder that holds such"
                    + " files already is refused without --force.")
    private String split;

    @Option(
            names = "--force",
            description =
                    "Let --split-output write into a folder that holds files of another run: files of the same name are"
                            + " replaced, the others stay and are named at the end.")
    private boolean force;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "A page with distributions, calls, dead letters and throughput (.html), in one file. Reads the"
                            + " input twice.")
    private String report;

    String first() {
        return outputs.get(0);
    }

    List<String> all() {
        return outputs;
    }

    String counts() {
        return counts;
    }

    String kraken() {
        return kraken;
    }

    String krona() {
        return krona;
    }

    String split() {
        return split;
    }

    String report() {
        return report;
    }

    /** @throws ParameterException if a file's name tells no format */
    void addTo(Configuration job, CommandSpec spec, boolean paired) {
        if (perFragment && !paired) {
            throw new ParameterException(
                    spec.commandLine(), "Expected --mates or --interleaved with --per-fragment, got neither");
        }
        if (perFragment) {
            job.set(JobOptions.LABEL_SCORES, true);
        }
        for (String output : outputs) {
            if (Files.isDirectory(Path.of(output))) {
                throw new ParameterException(
                        spec.commandLine(),
                        String.format(
                                Locale.ROOT,
                                "Expected a file for --output, got the folder %s (--split-output takes one)",
                                output));
            }
            if (!FileAnnotationJob.isKnownFormat(output)) {
                throw new ParameterException(
                        spec.commandLine(),
                        String.format(
                                Locale.ROOT,
                                "Expected --output with a file in %s, or - for standard output, got '%s'",
                                String.join(", ", FileAnnotationJob.FORMATS),
                                output));
            }
        }
        job.set(FileOptions.OUTPUT_FILE, first());
        if (outputs.stream().anyMatch(FileAnnotationJob::isBedGraph)) {
            job.set(JobOptions.WINDOW_SCORES, true);
        }
    }

    /**
     * @param path of the model
     * @param threshold minimum score of a call
     */
    FileOutputs more(ModelBundle model, String path, double threshold) {
        return new FileOutputs(
                outputs.subList(1, outputs.size()),
                counts,
                new TaxonReports(kraken, krona, taxonIds(model.contract())),
                split,
                force,
                report,
                path,
                model.name() + " " + model.version(),
                model.digest(),
                model.contract().labels().stream()
                        .map(ModelContract.Label::name)
                        .toList(),
                strands(model.contract()),
                label,
                perFragment ? new FragmentCalls(model.contract(), threshold) : null);
    }

    private static LabelStrands strands(ModelContract contract) {
        return new LabelStrands(contract.labels().stream()
                .filter(label -> label.strand() != null)
                .collect(Collectors.toMap(ModelContract.Label::name, ModelContract.Label::strand)));
    }

    private static Map<String, String> taxonIds(ModelContract contract) {
        Map<String, String> ids = new TreeMap<>();
        for (ModelContract.Label label : contract.labels()) {
            if (label.ontologyId() != null && label.ontologyId().startsWith(NCBI)) {
                ids.put(label.name(), label.ontologyId().substring(NCBI.length()));
            }
        }
        return ids;
    }
}
