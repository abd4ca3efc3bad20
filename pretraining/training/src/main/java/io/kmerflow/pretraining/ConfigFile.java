package io.kmerflow.pretraining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads a configuration in YAML into a record; an unknown key is an error. */
public final class ConfigFile {
    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory()).enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private ConfigFile() {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if the file is missing, not YAML, or has a key or value that does not fit; names the
     *     file and the key
     */
    public static <T> T read(Path file, Class<T> type) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("Expected a configuration file, found none at " + file);
        }
        try {
            return YAML.readValue(file.toFile(), type);
        } catch (JsonMappingException e) {
            String key = e.getPath().stream()
                    .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
                    .collect(Collectors.joining("."));
            Throwable cause = e.getCause() instanceof IllegalArgumentException ? e.getCause() : e;
            String reason = cause == e ? e.getOriginalMessage() : cause.getMessage();
            String place = key.isEmpty() ? "" : ", at '" + key + "'";
            throw new IllegalArgumentException(String.format(Locale.ROOT, "%s%s in %s", reason, place, file), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected YAML, got %s in %s", e.getOriginalMessage(), file), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a readable file, got %s at %s", e, file), e);
        }
    }
}
