package io.kmerflow.cli;

import java.util.List;
import java.util.stream.Stream;

/** A module: the modules that it may use, and its packages from the bottom to the top, each of which may use those before it. */
enum Room {
    SEQUENCE_CORE(
            List.of(),
            "sequence",
            "sequence.identity",
            "sequence.profile",
            "sequence.file",
            "sequence.inspect",
            "token",
            "contract"),
    SCHEMAS(List.of(), "schema", "schema.codec", "schema.registry"),
    EMBEDDED_KAFKA(List.of(), "kafka"),
    MODEL_RUNTIME(List.of(SEQUENCE_CORE), "bundle", "scoring"),
    ANNOTATION(
            List.of(SEQUENCE_CORE, SCHEMAS, MODEL_RUNTIME),
            "job.ingest",
            "job.json",
            "job.types",
            "job.batch",
            "job.metrics",
            "job.deadletter",
            "job.decode",
            "job.model",
            "job.drift",
            "job.annotate",
            "job.scoring",
            "job.kafka",
            "job"),
    FILES(
            List.of(SEQUENCE_CORE, SCHEMAS, MODEL_RUNTIME, ANNOTATION),
            "files.mates",
            "files.fragment",
            "files.read",
            "files.source",
            "files.watch",
            "files.write",
            "files.original",
            "files"),
    CORPUS(
            List.of(SEQUENCE_CORE, SCHEMAS, MODEL_RUNTIME, ANNOTATION),
            "corpus.label",
            "corpus.store",
            "corpus.snapshot",
            "corpus.backfill",
            "corpus"),
    SQL(List.of(SEQUENCE_CORE, SCHEMAS, MODEL_RUNTIME, ANNOTATION), "sql.function", "sql.format", "sql.model"),
    TRAINING(
            List.of(SEQUENCE_CORE),
            "pretraining.report",
            "pretraining.settings",
            "pretraining.random",
            "pretraining.corpus",
            "pretraining.annotation",
            "pretraining.masking",
            "pretraining.model",
            "pretraining.trainer",
            "pretraining.checkpoint",
            "pretraining",
            "pretraining.evaluation",
            "pretraining.finetune",
            "pretraining.huggingface"),
    STUDIES(List.of(SEQUENCE_CORE, TRAINING), "pretraining.gue", "pretraining.study"),
    MODEL_EXPORT(
            List.of(SEQUENCE_CORE, MODEL_RUNTIME, TRAINING),
            "export.graph",
            "export.parity",
            "export.certainty",
            "export.profile",
            "export"),
    BENCHMARKS(
            List.of(SEQUENCE_CORE, SCHEMAS, MODEL_RUNTIME, EMBEDDED_KAFKA, ANNOTATION, TRAINING),
            "cases",
            "cluster",
            "chaos",
            "benchmark",
            "gpucheck"),
    CLI(
            List.of(
                    SEQUENCE_CORE,
                    SCHEMAS,
                    MODEL_RUNTIME,
                    EMBEDDED_KAFKA,
                    ANNOTATION,
                    FILES,
                    CORPUS,
                    TRAINING,
                    STUDIES,
                    MODEL_EXPORT,
                    BENCHMARKS),
            "cli.base",
            "cli.doctor",
            "cli.packaging",
            "cli.gpu",
            "cli.evaluation",
            "cli.signing",
            "cli.training",
            "cli.topic",
            "cli.live",
            "cli.compare",
            "cli.models",
            "cli.serving",
            "cli.retrain",
            "cli");

    private final List<Room> knows;
    private final List<String> packages;

    Room(List<Room> knows, String... packages) {
        this.knows = knows;
        this.packages = Stream.of(packages).map(name -> "io.kmerflow." + name).toList();
    }

    List<Room> knows() {
        return knows;
    }

    List<String> packages() {
        return packages;
    }
}
