package io.kmerflow.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A custom resource definition, as strict as the API server: unknown fields, types, required fields, words of an enum. */
final class Definition {
    private final JsonNode schema;

    private Definition(JsonNode schema) {
        this.schema = schema;
    }

    /** The operator's definition of FlinkDeployment, from its own jar. */
    static Definition flinkDeployment() throws IOException {
        try (InputStream in =
                Definition.class.getResourceAsStream("/META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml")) {
            return new Definition(Tree.yaml(in).at("/spec/versions/0/schema/openAPIV3Schema"));
        }
    }

    /** What is wrong, each with its place; empty if nothing is. */
    List<String> violations(JsonNode resource) {
        List<String> found = new ArrayList<>();
        resource.fields().forEachRemaining(field -> {
            JsonNode part = schema.path("properties").path(field.getKey());
            if (!part.isMissingNode()) { // kind, version and metadata are the API server's own
                check(field.getValue(), part, field.getKey(), found);
            }
        });
        return found;
    }

    private static void check(JsonNode value, JsonNode schema, String place, List<String> found) {
        String type = schema.path("type").asText();
        if (schema.path("x-kubernetes-int-or-string").asBoolean() || schema.has("anyOf")) {
            return;
        }
        boolean fits = switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> true;
        };
        if (!fits) {
            found.add(String.format(Locale.ROOT, "%s: expected %s, got %s", place, type, value));
            return;
        }
        if (schema.has("enum")) {
            boolean known = false;
            for (JsonNode word : schema.get("enum")) {
                known |= word.equals(value);
            }
            if (!known) {
                found.add(
                        String.format(Locale.ROOT, "%s: expected one of %s, got %s", place, schema.get("enum"), value));
            }
        }
        for (JsonNode name : schema.path("required")) {
            if (!value.has(name.asText())) {
                found.add(String.format(Locale.ROOT, "%s: expected %s, found none", place, name.asText()));
            }
        }
        if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                check(value.get(i), schema.path("items"), place + "[" + i + "]", found);
            }
        } else if (value.isObject()) {
            value.fields().forEachRemaining(field -> {
                String inside = place + "." + field.getKey();
                JsonNode part = schema.path("properties").path(field.getKey());
                JsonNode others = schema.path("additionalProperties");
                if (!part.isMissingNode()) {
                    check(field.getValue(), part, inside, found);
                } else if (others.isObject()) {
                    check(field.getValue(), others, inside, found);
                } else if (!schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
                    found.add(inside + ": no such field");
                }
            });
        }
    }
}
