package io.kmerflow.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Path;

/** The files of the tree. */
final class Tree {
    static final Path ROOT = Path.of("../..");

    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build());

    private Tree() {}

    static JsonNode yaml(String path) throws IOException {
        return YAML.readTree(ROOT.resolve(path).toFile());
    }

    static JsonNode yaml(java.io.InputStream in) throws IOException {
        return YAML.readTree(in);
    }

    static JsonNode yamlText(String text) throws IOException {
        return YAML.readTree(text);
    }

    /** JSON merge patch (RFC 7396), which is what kustomize does to a kind it does not know: lists are replaced. */
    static JsonNode merged(JsonNode target, JsonNode patch) {
        if (!patch.isObject() || !target.isObject()) {
            return patch;
        }
        ObjectNode result = target.deepCopy();
        patch.fields().forEachRemaining(field -> {
            if (field.getValue().isNull()) {
                result.remove(field.getKey());
            } else {
                JsonNode old = result.get(field.getKey());
                result.set(field.getKey(), old == null ? field.getValue() : merged(old, field.getValue()));
            }
        });
        return result;
    }
}
