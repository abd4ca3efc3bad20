package io.kmerflow.pretraining;

import io.kmerflow.pretraining.trainer.ProgressListener;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * What a run needs besides its configuration.
 *
 * @param dataRoot relative paths of the configuration start here
 * @param out directory to write to
 * @param resume whether to go on with what the directory holds
 * @param device auto, cpu, gpu or gpus; see {@link io.kmerflow.pretraining.trainer.TorchSession#open}
 * @param threads of one operation; 0 leaves PyTorch's own choice
 * @param trace table of every step (step, stage, loss), or null
 * @param listener hears how it goes
 * @param stopped asked after every step; true ends the run with a checkpoint
 */
public record RunOptions(
        Path dataRoot,
        Path out,
        boolean resume,
        String device,
        int threads,
        Path trace,
        ProgressListener listener,
        BooleanSupplier stopped) {}
