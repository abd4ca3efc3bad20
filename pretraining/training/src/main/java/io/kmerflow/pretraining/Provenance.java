package io.kmerflow.pretraining;

import ai.djl.engine.Engine;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.SnapshotReads;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.sequence.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Where a model came from, as a tree for JSON. */
public final class Provenance {
    private static final ObjectMapper JSON = new ObjectMapper()
            .registerModule(new Jdk8Module())
            .registerModule(new SimpleModule().addSerializer(Path.class, new ToStringSerializer())); // as it was given
    /** Where a provenance has the digests of the data. */
    static final String DATA = "dataSha256";

    /** Where a provenance has the digests of corpora of reads. */
    private static final String CORPORA = "corpora";

    /**
     * What computed.
     *
     * @param commit of this code
     * @param pytorch version
     * @param djl version
     * @param device name
     * @param tf32 true where products were in TF32; null else
     * @param java virtual machine and version
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true) // a provenance has it among other things
    public record Software(String commit, String pytorch, String djl, String device, Boolean tf32, String java) {}

    private Provenance() {}

    /**
     * @param config of the run
     * @param data files it read; their names go in with their SHA-256
     */
    public static Map<String, Object> of(Object config, List<Path> data, TorchSession session) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(
                "configuration", withoutPlaces(JSON.convertValue(config, new TypeReference<Map<String, Object>>() {})));
        tree.put(DATA, digests(data));
        Map<String, String> corpora = corpora(data);
        if (!corpora.isEmpty()) {
            tree.put(CORPORA, corpora);
        }
        tree.putAll(JSON.convertValue(software(session), new TypeReference<Map<String, Object>>() {}));
        return tree;
    }

    /** What computes here. */
    public static Software software(TorchSession session) {
        return new Software(
                commit(),
                session.version(),
                Engine.getDjlVersion(),
                session.deviceName(),
                session.allowsTf32() ? true : null,
                System.getProperty("java.vm.name") + " " + Runtime.version());
    }

    /** Of this code: set by whoever starts it from a checkout; a build from a source archive has none and gets "unknown". */
    public static String commit() {
        return System.getProperty("kmerflow.commit", "unknown");
    }

    /** The part of a provenance that {@link #software} made; all null if it is older than that. */
    public static Software softwareOf(Map<String, Object> provenance) {
        return JSON.convertValue(provenance, Software.class);
    }

    /** SHA-256, hex, of files by their names, with as many of their folders as it takes to tell them apart. */
    public static Map<String, String> digests(List<Path> files) {
        List<Path> all = files.stream()
                .map(file -> file.toAbsolutePath().normalize())
                .distinct()
                .toList();
        Map<String, String> digests = new LinkedHashMap<>();
        for (Path file : all) {
            digests.put(shortName(file, all), sha256(file));
        }
        return digests;
    }

    /** Digests of the reads of corpora, by their folders, of those files that are manifests: 'forget' finds a model by them. */
    private static Map<String, String> corpora(List<Path> files) {
        Map<String, String> corpora = new LinkedHashMap<>();
        for (Path file : files) {
            if (file.endsWith(SnapshotReads.MANIFEST)) {
                String folder = file.toAbsolutePath()
                        .normalize()
                        .getParent()
                        .getFileName()
                        .toString();
                corpora.put(folder, SnapshotReads.readsDigest(file));
                SnapshotReads.splitOf(file).ifPresent(whole -> corpora.put(folder + " is part of", whole));
            }
        }
        return corpora;
    }

    private static String shortName(Path file, List<Path> all) {
        int parts = file.getNameCount();
        return IntStream.rangeClosed(1, parts)
                .mapToObj(last -> file.subpath(parts - last, parts))
                .filter(end -> all.stream().filter(other -> other.endsWith(end)).count() == 1)
                .findFirst()
                .orElse(file)
                .toString();
    }

    /** The provenance of a model that another started from, to put into that one's. */
    public static Object startedFrom(Map<String, Object> provenance) {
        return withoutPlaces(provenance);
    }

    /** Files by their names alone: where this machine keeps them concerns nobody who gets the model. */
    private static Object withoutPlaces(Object tree) {
        if (tree instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, value) -> copy.put(key, withoutPlaces(value)));
            return copy;
        }
        if (tree instanceof List<?> list) {
            return list.stream().map(Provenance::withoutPlaces).toList();
        }
        // Jackson writes a path as an absolute file URI.
        if (tree instanceof String text && text.startsWith("file:")) {
            String place = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
            return place.substring(place.lastIndexOf('/') + 1);
        }
        return tree;
    }

    private static String sha256(Path file) {
        try {
            return Sha256.hex(file);
        } catch (IOException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected a readable data file, got %s at %s", e, file), e);
        }
    }
}
