package io.kmerflow.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.pretraining.settings.SettingsTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A training run writes the same files whatever the locale of the machine: de writes 0,5 for 0.5, tr lowers I to a letter that
 * is not i, and ar-EG and hi-IN with native digits have digits of their own.
 */
class LocaleTest {
    @TempDir
    Path folder;

    private final Locale before = Locale.getDefault();

    @BeforeEach
    void writeGenome() throws IOException {
        TestData.genome(folder.resolve("one.fa"), 30_000, 0.1, "TTGACATATAAT", 1);
    }

    @AfterEach
    void restore() {
        Locale.setDefault(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"de-DE", "tr-TR", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva"})
    void aRunInPartsWritesTheFilesThatARunInEnglishWrites(String locale) throws IOException {
        Map<String, byte[]> english = run("en", Locale.ENGLISH);
        Map<String, byte[]> other = run("other", Locale.forLanguageTag(locale));
        assertThat(other.keySet()).isEqualTo(english.keySet()).contains("trace.tsv", "out/held-out.tsv");
        english.forEach((name, content) -> assertThat(other.get(name)).as(name).isEqualTo(content));
    }

    /** Stopped after 8 of 12 steps and continued, so that it reads what it wrote. */
    private Map<String, byte[]> run(String name, Locale locale) throws IOException {
        Locale.setDefault(locale);
        Path out = Files.createDirectories(folder.resolve(name)).resolve("out");
        for (boolean resume : new boolean[] {false, true}) {
            new Pretraining(
                            config(),
                            TestData.options(
                                    folder,
                                    out,
                                    resume,
                                    new TestData.Recorder(),
                                    TestData.after(resume ? Integer.MAX_VALUE : 8)))
                    .run();
        }
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> written = Files.walk(out.getParent())) {
            for (Path file : written.filter(Files::isRegularFile).toList()) {
                String relative = out.getParent().relativize(file).toString();
                if (relative.endsWith("metrics.csv")) { // its last column is time
                    String text = Files.readString(file).replaceAll("(?m),[0-9]+[.][0-9]+$", "");
                    files.put(relative, text.getBytes(StandardCharsets.UTF_8));
                } else if (!relative.endsWith("provenance.json") && !relative.contains("tfevents")) { // say when
                    files.put(relative, Files.readAllBytes(file));
                }
            }
        }
        return files;
    }

    private static PretrainConfig config() {
        return SettingsTree.of("""
                model: {k: 4, hidden: 32, layers: 1, heads: 2, feedForward: 64, maxPositions: 64}
                genomes: [{name: one, fasta: one.fa, weight: 2.5}]
                heldOut: {share: 0.2, blockBases: 2000, guardBases: 100}
                corpus: {pieceBases: 50}
                masking: {strategy: RANDOM_MASK_DRAWN}
                training: {steps: 12, batchSize: 16, learningRate: 3e-3, warmUpSteps: 3, seed: 5,
                  logEvery: 3, evaluateEvery: 4, checkpointEvery: 4}
                evaluation: {pieces: 64, span: 6}
                """, PretrainConfig.class);
    }
}
