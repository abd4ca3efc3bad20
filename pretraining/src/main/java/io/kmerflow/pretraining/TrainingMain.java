package io.kmerflow.pretraining;

import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.Finetuning;
import io.kmerflow.pretraining.trainer.ProgressListener;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs {@code pretrain} or {@code finetune} without the kmerflow command: {@code --config F --out D [--data-root D]
 * [--resume true] [--device D] [--threads N] [--steps N] [--trace F]}.
 */
public final class TrainingMain {
    private TrainingMain() {}

    public static void main(String[] args) throws Exception {
        Map<String, String> given = new HashMap<>();
        for (int i = 1; i + 1 < args.length; i += 2) {
            given.put(args[i].substring(2), args[i + 1]);
        }
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch done = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.set(true);
            try {
                done.await(); // the run writes its checkpoint first
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try {
            Path config = Path.of(given.get("config"));
            RunOptions options = new RunOptions(
                    Path.of(given.getOrDefault(
                            "data-root", config.toAbsolutePath().getParent().toString())),
                    Path.of(given.get("out")),
                    Boolean.parseBoolean(given.getOrDefault("resume", "false")),
                    given.getOrDefault("device", "auto"),
                    Integer.parseInt(given.getOrDefault("threads", "0")),
                    given.containsKey("trace") ? Path.of(given.get("trace")) : null,
                    ProgressListener.printing(System.out),
                    stop::get);
            if (args[0].equals("pretrain")) {
                PretrainConfig read = ConfigFile.read(config, PretrainConfig.class);
                if (given.containsKey("steps")) {
                    read = read.withTraining(read.training().withSteps(Long.parseLong(given.get("steps"))));
                }
                System.out.println(new Pretraining(read, options).run());
            } else if (args[0].equals("finetune")) {
                FinetuneConfig read = ConfigFile.read(config, FinetuneConfig.class);
                if (given.containsKey("steps")) {
                    read = read.withTraining(read.training().withSteps(Long.parseLong(given.get("steps"))));
                }
                System.out.println(new Finetuning(read, options).run());
            } else {
                throw new IllegalArgumentException("Expected pretrain or finetune, got " + args[0]);
            }
        } finally {
            done.countDown();
        }
    }
}
