package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.RunOptions;
import io.kmerflow.pretraining.TestData;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.Nucleotide;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;

/** Generated sets with the layout of GUE, whose classes differ in GC content, and a tiny encoder. */
final class SmallGue {
    /** Room for 32 bases: rows of 50 go in two windows. */
    private static final EncoderConfig ENCODER = new EncoderConfig(3, 16, 1, 2, 32, 32, 2, 0.0, 1e-12);

    private SmallGue() {}

    static List<String> rows(int count, int classes, int bases, long seed) {
        Xoshiro256 random = Xoshiro256.of(seed);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int label = i % classes;
            StringBuilder text = new StringBuilder();
            for (int b = 0; b < bases; b++) {
                boolean gc = random.nextDouble() < 0.25 + 0.5 * label / (classes - 1);
                text.append((char) Nucleotide.base((gc ? 2 : 0) + random.nextInt(2)));
            }
            rows.add(text + "," + label);
        }
        return rows;
    }

    /** Writes a split; a name that ends with .gz is packed. */
    static void write(Path file, List<String> rows) throws IOException {
        Files.createDirectories(file.getParent());
        byte[] text = ("sequence,label\n" + String.join("\n", rows) + "\n").getBytes(StandardCharsets.US_ASCII);
        if (!file.toString().endsWith(".gz")) {
            Files.write(file, text);
            return;
        }
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text);
        }
    }

    /** Writes train, dev and test of a set. */
    static void set(Path folder, String train, int classes, int bases, String ending) throws IOException {
        write(folder.resolve(train + ending), rows(96, classes, bases, 1));
        write(folder.resolve("dev" + ending), rows(30, classes, bases, 2));
        write(folder.resolve("test" + ending), rows(30, classes, bases, 3));
    }

    static Path encoder(Path directory) {
        ParameterLayout layout = new ParameterLayout(ENCODER, HeadConfig.maskedTokens());
        new TrainingCheckpoint(
                        ENCODER,
                        HeadConfig.maskedTokens(),
                        layout.tensors(layout.initialize(7)),
                        null,
                        Map.of(),
                        null,
                        List.of(),
                        Map.of())
                .write(directory);
        return directory;
    }

    static GueConfig config(Path root, List<String> sets, Long maxSteps) {
        return config(root, sets, maxSteps, null);
    }

    static GueConfig config(Path root, List<String> sets, Long maxSteps, GueRecipes recipes) {
        return new GueConfig(
                root.resolve("data"),
                sets,
                List.of(1L, 2L),
                root.resolve("encoder"),
                true,
                4,
                16,
                3e-3,
                maxSteps,
                recipes,
                null,
                root.resolve("work"));
    }

    static RunOptions options(TestData.Recorder recorder, BooleanSupplier stopped) {
        return new RunOptions(Path.of("."), Path.of("."), true, "cpu", 1, null, recorder, stopped);
    }
}
