package io.kmerflow.pretraining;

import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.checkpoint.TrainingState;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.pretraining.trainer.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The directory of a run: {@code last} to go on from, {@code best} with the weights of the lowest validation loss, and
 * what the run writes beside them.
 */
public final class RunDirectory {
    private final Path out;
    private final Map<String, Object> provenance;
    private long bestStep = -1;
    private Double bestLoss;

    /** @throws IllegalArgumentException if the directory holds a run and this is not to go on with it */
    public RunDirectory(Path out, boolean resume, Map<String, Object> provenance) {
        this.out = out;
        this.provenance = provenance;
        if (!resume && TrainingCheckpoint.exists(last())) {
            throw new IllegalArgumentException(
                    "Expected a directory without a run, or --resume, got a checkpoint in " + last());
        }
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path last() {
        return out.resolve("last");
    }

    public Path best() {
        return out.resolve("best");
    }

    /** The best checkpoint if there is one, else the last. */
    public Path bestOrLast() {
        return TrainingCheckpoint.exists(best()) ? best() : last();
    }

    /**
     * Puts the trainer where the last checkpoint stood, if there is one.
     *
     * @return whether there was one
     * @throws IllegalArgumentException if it is of another model or seed, learned from other data, or lacks a tensor
     */
    public boolean restore(Trainer trainer, TrainingCheckpoint checkpoint) {
        ParameterLayout layout = trainer.model().layout();
        if (!checkpoint.config().equals(layout.encoder())
                || !checkpoint.head().equals(layout.head())
                || checkpoint.state() == null
                || checkpoint.state().seed() != trainer.config().seed()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a checkpoint of %s, %s and seed %d to resume from, got %s, %s and %s in %s",
                    layout.encoder(),
                    layout.head(),
                    trainer.config().seed(),
                    checkpoint.config(),
                    checkpoint.head(),
                    checkpoint.state(),
                    last()));
        }
        Object learnedFrom = checkpoint.provenance().get(Provenance.DATA); // an imported model has none
        if (learnedFrom != null && !learnedFrom.equals(provenance.get(Provenance.DATA))) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected the data that the run in %s began with, %s, to resume, got %s",
                    last(),
                    learnedFrom,
                    provenance.get(Provenance.DATA)));
        }
        complete("weights", layout, checkpoint.weights());
        float[][] state = {
            complete("optimizer means", layout, withoutPrefix(checkpoint.optimizer(), "mean.")),
            complete("optimizer mean squares", layout, withoutPrefix(checkpoint.optimizer(), "meanSquare."))
        };
        float[] average = trainer.config().weightAverage().isEmpty()
                ? null
                : complete("averaged weights", layout, withoutPrefix(checkpoint.optimizer(), "average."));
        trainer.restore(state, average, checkpoint.state().step());
        bestStep = checkpoint.state().bestStep();
        bestLoss = checkpoint.state().bestLoss();
        return true;
    }

    /** All parameters; a run that goes on with fresh ones in between would not be the run that began. */
    private float[] complete(String what, ParameterLayout layout, Map<String, Tensor> tensors) {
        float[] values = new float[layout.size()];
        List<String> missing = layout.fill(values, tensors);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a checkpoint with all %s to resume from, got none for %s in %s",
                    what,
                    missing,
                    last()));
        }
        return values;
    }

    private static Map<String, Tensor> withoutPrefix(Map<String, Tensor> tensors, String prefix) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                named.put(name.substring(prefix.length()), tensor);
            }
        });
        return named;
    }

    /** Keeps the weights if their validation loss is the lowest so far; tells whether it is. */
    public boolean offerBest(Trainer trainer, double loss) {
        if (bestLoss != null && loss >= bestLoss) {
            return false;
        }
        bestLoss = loss;
        bestStep = trainer.step();
        checkpoint(trainer, trainer.measuredWeights()).withoutState().write(best());
        return true;
    }

    /** Writes the state to go on from. */
    public void writeLast(Trainer trainer) {
        checkpoint(trainer, trainer.weights()).write(last());
    }

    private TrainingCheckpoint checkpoint(Trainer trainer, float[] weights) {
        ParameterLayout layout = trainer.model().layout();
        Map<String, Tensor> optimizer = new LinkedHashMap<>();
        float[][] state = trainer.optimizerState();
        layout.tensors(state[0]).forEach((name, tensor) -> optimizer.put("mean." + name, tensor));
        layout.tensors(state[1]).forEach((name, tensor) -> optimizer.put("meanSquare." + name, tensor));
        if (trainer.average() != null) {
            layout.tensors(trainer.average()).forEach((name, tensor) -> optimizer.put("average." + name, tensor));
        }
        return new TrainingCheckpoint(
                layout.encoder(),
                layout.head(),
                layout.tensors(weights),
                new TrainingState(trainer.step(), trainer.config().seed(), bestStep, bestLoss),
                optimizer,
                null,
                List.of(),
                provenance);
    }

    /** Step of the lowest validation loss, or -1. */
    public long bestStep() {
        return bestStep;
    }

    /** Lowest validation loss in nats, or null. */
    public Double bestLoss() {
        return bestLoss;
    }

    Path out() {
        return out;
    }
}
