package io.kmerflow.job.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** Fields of an object of our own JSON, each of the type that its schema says; a field that is null is as good as none. */
final class JsonFields {
    private static final int SHOWN_CHARACTERS = 60;

    private JsonFields() {}

    static boolean has(JsonNode tree, String name) {
        return tree.hasNonNull(name);
    }

    static JsonNode list(JsonNode tree, String name) {
        JsonNode value = tree.path(name);
        require(value.isArray(), "a list", name, value);
        return value;
    }

    static String text(JsonNode tree, String name) {
        JsonNode value = tree.path(name);
        require(value.isTextual(), "a text", name, value);
        return value.textValue();
    }

    static String optionalText(JsonNode tree, String name) {
        return has(tree, name) ? text(tree, name) : null;
    }

    static int whole(JsonNode tree, String name) {
        JsonNode value = tree.path(name);
        require(value.isIntegralNumber() && value.canConvertToInt(), "a whole number", name, value);
        return value.intValue();
    }

    static Integer optionalWhole(JsonNode tree, String name) {
        return has(tree, name) ? whole(tree, name) : null;
    }

    static float number(JsonNode tree, String name) {
        JsonNode value = tree.path(name);
        require(value.isNumber(), "a number", name, value);
        return value.floatValue();
    }

    /** @throws IllegalArgumentException if it does not fit */
    static void require(boolean fits, String what, String name, JsonNode got) {
        if (!fits) {
            String shown = got.isMissingNode() ? "nothing" : got.toString();
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "expected %s as %s, got %s",
                    what,
                    name,
                    shown.length() > SHOWN_CHARACTERS ? shown.substring(0, SHOWN_CHARACTERS) + "..." : shown));
        }
    }
}
