package io.kmerflow.cli.retrain;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.type.TypeReference;
import io.kmerflow.bundle.JsonMappers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a retraining has done: {@code run.json}, written anew as a whole before and after every step. One thread. */
final class Journal {
    /** Name of the file. */
    static final String FILE = "run.json";

    /** Name of the file while it is written. */
    static final String PARTIAL = "." + FILE + ".partial";

    private static final int FORMAT = 1;

    /** How a step stands. */
    enum State {
        RUNNING,
        DONE,
        SKIPPED,
        REFUSED,
        FAILED
    }

    /**
     * A step.
     *
     * @param state how it stands
     * @param attempts how often it was begun
     * @param begun time of the last begin, ISO 8601
     * @param ended time of its end; null while it runs
     * @param result what it found, by name
     * @param reason why it was refused or failed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(State state, int attempts, String begun, String ended, Map<String, Object> result, String reason) {}

    /** The file. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Content(
            int format,
            String configurationSha256,
            String parentDigest,
            String created,
            Map<String, Entry> steps,
            String outcome) {}

    private final Path file;
    private Content content;

    private Journal(Path file, Content content) {
        this.file = file;
        this.content = content;
    }

    /** Whether a folder has one. */
    static boolean exists(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    /** A new one. */
    static Journal create(Path folder, String configurationSha256, String parentDigest) throws IOException {
        Journal journal = new Journal(
                folder.resolve(FILE),
                new Content(
                        FORMAT,
                        configurationSha256,
                        parentDigest,
                        Instant.now().toString(),
                        new LinkedHashMap<>(),
                        null));
        journal.write();
        return journal;
    }

    /**
     * The one of a run to go on with.
     *
     * @throws IllegalArgumentException if it is none, or of another configuration or parent
     */
    static Journal open(Path folder, String configurationSha256, String parentDigest) {
        Path file = folder.resolve(FILE);
        Content content;
        try {
            content = JsonMappers.INDENTED.readValue(file.toFile(), Content.class);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected the journal of a retraining at %s, got: %s", file, e), e);
        }
        if (content == null
                || content.configurationSha256() == null
                || content.parentDigest() == null
                || content.steps() == null) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected the journal of a retraining at %s, got another file", file));
        }
        if (content.format() != FORMAT) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected a journal of format %d at %s, got %d", FORMAT, file, content.format()));
        }
        if (!content.configurationSha256().equals(configurationSha256)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected the configuration that the run in %s began with, got another one; give a new --out for it",
                    folder));
        }
        if (!content.parentDigest().equals(parentDigest)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected the parent that the run in %s began with, %s, got %s",
                    folder,
                    content.parentDigest(),
                    parentDigest));
        }
        return new Journal(file, content);
    }

    /** What is known of a step; null if it was never begun. */
    Entry entry(Step step) {
        return content.steps().get(step.key());
    }

    /** Whether a step need not be done again. */
    boolean isOver(Step step) {
        Entry entry = entry(step);
        return entry != null && (entry.state() == State.DONE || entry.state() == State.SKIPPED);
    }

    /** What a step that is done has found. */
    Map<String, Object> result(Step step) {
        Entry entry = entry(step);
        return entry == null || entry.result() == null ? Map.of() : entry.result();
    }

    /** All steps that were begun, by key. */
    Map<String, Entry> entries() {
        return content.steps();
    }

    /** How the run ended; null while it goes on. */
    String outcome() {
        return content.outcome();
    }

    String created() {
        return content.created();
    }

    String parentDigest() {
        return content.parentDigest();
    }

    void begin(Step step) throws IOException {
        Entry before = entry(step);
        put(
                step,
                new Entry(
                        State.RUNNING,
                        before == null ? 1 : before.attempts() + 1,
                        Instant.now().toString(),
                        null,
                        null,
                        null));
    }

    void end(Step step, State state, Object result, String reason) throws IOException {
        Entry begun = entry(step);
        put(
                step,
                new Entry(
                        state,
                        begun == null ? 0 : begun.attempts(),
                        begun == null ? null : begun.begun(),
                        Instant.now().toString(),
                        JsonMappers.INDENTED.convertValue(
                                result, new TypeReference<LinkedHashMap<String, Object>>() {}),
                        reason));
    }

    void finish(String outcome) throws IOException {
        content = new Content(
                content.format(),
                content.configurationSha256(),
                content.parentDigest(),
                content.created(),
                content.steps(),
                outcome);
        write();
    }

    private void put(Step step, Entry entry) throws IOException {
        content.steps().put(step.key(), entry);
        write();
    }

    /** Whoever is killed meanwhile leaves the old file or the new one. */
    private void write() throws IOException {
        Path partial = file.resolveSibling(PARTIAL);
        JsonMappers.INDENTED.writeValue(partial.toFile(), content);
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
