package io.kmerflow.pretraining;

import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.Finetuning;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.trainer.ProgressListener;
import io.kmerflow.sequence.Nucleotide;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Generated genomes and a listener that keeps what it hears. */
public final class TestData {
    private TestData() {}

    /**
     * Writes a genome of one contig: random bases with words of a family strewn in.
     *
     * @param gcShare part of G and C outside the words
     * @param word repeated about every 20 bases; null for none
     */
    public static Path genome(Path file, int bases, double gcShare, String word, long seed) throws IOException {
        Xoshiro256 random = Xoshiro256.of(seed);
        StringBuilder text = new StringBuilder();
        while (text.length() < bases) {
            if (word != null && random.nextInt(20) == 0) {
                text.append(word);
            }
            boolean gc = random.nextDouble() < gcShare;
            text.append((char) Nucleotide.base((gc ? 2 : 0) + random.nextInt(2)));
        }
        String name = file.getFileName().toString().replace(".fa", "");
        return Files.writeString(file, ">" + name + "\n" + text + "\n", StandardCharsets.US_ASCII);
    }

    /** Keeps losses and notes. */
    public static final class Recorder implements ProgressListener {
        public final List<Double> losses = new ArrayList<>();
        public final List<String> notes = new ArrayList<>();
        public final List<Progress> progress = new ArrayList<>();

        @Override
        public void progress(Progress heard) {
            progress.add(heard);
        }

        @Override
        public void note(String line) {
            notes.add(line);
        }

        @Override
        public void step(io.kmerflow.pretraining.trainer.Trainer.StepResult result, int stage) {
            losses.add(result.loss());
        }
    }

    /** Options on one thread of the CPU. */
    public static RunOptions options(
            Path root, Path out, boolean resume, ProgressListener listener, BooleanSupplier stopped) {
        return new RunOptions(root, out, resume, "cpu", 1, out.resolveSibling("trace.tsv"), listener, stopped);
    }

    /** True from the n-th question on: stops a run after n steps. */
    public static BooleanSupplier after(int questions) {
        int[] asked = {0};
        return () -> ++asked[0] >= questions;
    }

    /** Fine-tunes on data of the folder into a folder within, and stops after a number of steps. */
    public static Finetuning.Result finetune(
            Path folder, String out, FinetuneConfig config, boolean resume, int stopAfter) throws IOException {
        return new Finetuning(config, options(folder, folder.resolve(out), resume, new Recorder(), after(stopAfter)))
                .run();
    }
}
