package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Annotating writes the same files whatever the locale of the machine. */
class LocaleITCase {
    @TempDir
    Path folder;

    private final Locale before = Locale.getDefault();

    @AfterEach
    void restore() {
        Locale.setDefault(before);
    }

    @Test
    void everyOutputIsTheSameInGermanAndTurkish() throws IOException {
        Map<String, byte[]> english = annotate("en", Locale.ENGLISH);
        assertThat(english).containsKeys("out.jsonl", "out.tsv", "out.bed", "out.gff3", "out.bedgraph", "counts.tsv");
        assertThat(new String(english.get("counts.tsv"), java.nio.charset.StandardCharsets.UTF_8))
                .as("Turkish would lower the I of a status to another letter")
                .contains("ambiguous", "too_short");
        for (String locale : new String[] {"de-DE", "tr-TR"}) {
            Map<String, byte[]> other = annotate(locale, Locale.forLanguageTag(locale));
            assertThat(other.keySet()).isEqualTo(english.keySet());
            english.forEach((name, content) ->
                    assertThat(other.get(name)).as("%s in %s", name, locale).isEqualTo(content));
        }
    }

    private Map<String, byte[]> annotate(String name, Locale locale) throws IOException {
        Locale.setDefault(locale);
        Path input = Files.writeString(
                folder.resolve("reads.fa"),
                ">long\n" + "ACGTTGCAAGGCTTAACCGGATTACAGATTACA".repeat(40) + "\n>short\nACGT\n>unknown\n"
                        + "N".repeat(200) + "\n");
        Path out = Files.createDirectory(folder.resolve(name));
        // One window a call: sums of another batch may differ in the last bit.
        CommandRun run = CommandRun.of(
                "annotate",
                "--model",
                SourceTree.ROOT.resolve("models/species"),
                "--input",
                input,
                "--threads",
                1,
                "--max-batch-windows",
                1,
                "--threshold",
                0,
                "--window-scores",
                "--label",
                "Homo sapiens",
                "--counts",
                out.resolve("counts.tsv"),
                "-o",
                out.resolve("out.jsonl"),
                "-o",
                out.resolve("out.tsv"),
                "-o",
                out.resolve("out.bed"),
                "-o",
                out.resolve("out.gff3"),
                "-o",
                out.resolve("out.bedgraph"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> written = Files.list(out)) {
            for (Path file : written.toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }
}
