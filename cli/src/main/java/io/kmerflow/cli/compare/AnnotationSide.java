package io.kmerflow.cli.compare;

import io.kmerflow.cli.topic.TopicReader;
import io.kmerflow.schema.ReadAnnotation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** One side of a comparison: its annotations, kept until they are joined with those of the other. */
public final class AnnotationSide {
    private static final Duration POLL = Duration.ofMillis(500);

    private final String name;
    private final ModelFilter filter;
    private final CallStore store;
    private final BiConsumer<String, String> problems;
    private final SortedMap<String, Long> byModel = new TreeMap<>();
    private long otherModels;
    private long undecodable;

    /**
     * @param name for people
     * @param filter which annotations
     * @param folder new, for its calls
     * @param problems gets place and message of what is no annotation
     */
    public AnnotationSide(String name, ModelFilter filter, Path folder, BiConsumer<String, String> problems)
            throws IOException {
        this.name = name;
        this.filter = filter;
        this.store = new CallStore(folder);
        this.problems = problems;
    }

    /** Takes all of a file; - is standard input. */
    public void readFile(String path) throws IOException {
        try (store) {
            new AnnotationFile(path).read(this::take, this::problem);
        }
    }

    /** Takes what is on a topic now. */
    public void readTopic(Supplier<TopicReader<ReadAnnotation>> topic) throws IOException {
        try (store;
                TopicReader<ReadAnnotation> reader = topic.get()) {
            reader.endHere();
            while (!reader.isAtEnd()) {
                reader.poll(POLL, (place, error) -> problem(place, error.getMessage()))
                        .forEach(this::take);
            }
        }
    }

    private void take(ReadAnnotation annotation) {
        if (!filter.test(annotation)) {
            otherModels++;
            return;
        }
        ComparedCall call;
        try {
            call = ComparedCall.of(annotation);
        } catch (IllegalArgumentException e) {
            problem(name, e.getMessage());
            return;
        }
        byModel.merge(model(annotation), 1L, Long::sum);
        try {
            store.add(call);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String model(ReadAnnotation annotation) {
        String digest = annotation.getModelDigest();
        int shown = "sha256:".length() + 12;
        return String.format(
                        Locale.ROOT,
                        "%s %s %s",
                        annotation.getModelName(),
                        annotation.getModelVersion(),
                        digest.substring(0, Math.min(shown, digest.length())))
                .strip();
    }

    private void problem(String place, String message) {
        undecodable++;
        problems.accept(place, message);
    }

    /** Compares with another side; both have been read. */
    public Comparison compare(AnnotationSide other, int examples) throws IOException {
        Comparison comparison = new Comparison(examples);
        for (int part = 0; part < CallStore.PARTS; part++) {
            comparison.add(store.part(part), other.store.part(part));
        }
        return comparison;
    }

    /** For people. */
    public String name() {
        return name;
    }

    /** Annotations taken, of one read as many as there are. */
    public long annotations() {
        return store.calls();
    }

    /** Annotations taken, by name, version and digest of their model. */
    public SortedMap<String, Long> byModel() {
        return byModel;
    }

    /** Annotations of models that were not asked for. */
    public long otherModels() {
        return otherModels;
    }

    /** Lines and records that are no annotation. */
    public long undecodable() {
        return undecodable;
    }
}
