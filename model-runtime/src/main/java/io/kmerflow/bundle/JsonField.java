package io.kmerflow.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * One value of a bundle's JSON file, with its place. Nothing is guessed: null, a value of another type, a field that is missing,
 * given twice or unknown is a {@link BundleException} that names the field and the file.
 *
 * @param file the file, for messages
 * @param place path of the field in the file, for example {@code labels[1].name}; empty for the whole file
 * @param node the value
 */
record JsonField(Path file, String place, JsonNode node) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII) // values are shown in messages
            .build();

    private static final int SHOWN_CHARACTERS = 40;

    /**
     * The whole of a file.
     *
     * @throws BundleException if it is not valid JSON
     */
    static JsonField of(Path file, byte[] content) {
        try {
            return new JsonField(file, "", JSON.readTree(content));
        } catch (JsonProcessingException e) {
            throw new BundleException(
                    String.format(Locale.ROOT, "Expected valid JSON in %s, got: %s", file, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new BundleException(String.format(Locale.ROOT, "Could not read %s: %s", file, e.getMessage()), e);
        }
    }

    /**
     * This object, which may have no other fields than these.
     *
     * @throws BundleException if it is no object, or has another field
     */
    JsonField object(Set<String> known) {
        require(node.isObject(), "an object");
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new BundleException(String.format(
                        Locale.ROOT, "Unexpected field %s in %s", shown(TextNode.valueOf(name)), whereIn()));
            }
        }
        return this;
    }

    /** A field of this object, which must be there. */
    JsonField field(String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            throw new BundleException(
                    String.format(Locale.ROOT, "Expected a field %s in %s, got none", name, whereIn()));
        }
        return new JsonField(file, place.isEmpty() ? name : place + "." + name, value);
    }

    /** What a field of this object holds, or the default if it is missing. */
    <T> T fieldOr(String name, T missing, Function<JsonField, T> value) {
        return node.has(name) ? value.apply(field(name)) : missing;
    }

    List<JsonField> list() {
        require(node.isArray(), "a list");
        List<JsonField> elements = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            elements.add(new JsonField(file, place + "[" + i + "]", node.get(i)));
        }
        return elements;
    }

    /** Text that is not blank and has no control characters: all texts of a bundle are shown to people. */
    String text() {
        require(node.isTextual(), "text");
        String text = node.textValue();
        require(!text.isBlank() && text.chars().noneMatch(Character::isISOControl), "text without control characters");
        return text;
    }

    /** As {@link #text}, or null for a JSON null. */
    String textOrNull() {
        return node.isNull() ? null : text();
    }

    int wholeNumber() {
        require(
                node.isNumber() && node.canConvertToExactIntegral() && node.canConvertToInt(),
                "a whole number of 32 bits");
        return node.intValue();
    }

    long longNumber() {
        require(
                node.isNumber() && node.canConvertToExactIntegral() && node.canConvertToLong(),
                "a whole number of 64 bits");
        return node.longValue();
    }

    double number() {
        require(node.isNumber() && Double.isFinite(node.doubleValue()), "a finite number");
        return node.doubleValue();
    }

    /** The nearest float32. */
    float floatNumber() {
        require(node.isNumber() && Float.isFinite(node.floatValue()), "a finite number of float32");
        return node.floatValue();
    }

    boolean trueOrFalse() {
        require(node.isBoolean(), "true or false");
        return node.booleanValue();
    }

    /** The constant whose {@code toString} is the text. */
    <E extends Enum<E>> E oneOf(Class<E> type) {
        List<E> constants = Arrays.asList(type.getEnumConstants());
        return constants.stream()
                .filter(constant -> node.isTextual() && constant.toString().equals(node.textValue()))
                .findFirst()
                .orElseThrow(() -> unexpected("one of " + constants));
    }

    /** @throws BundleException unless it holds */
    void require(boolean holds, String expected) {
        if (!holds) {
            throw unexpected(expected);
        }
    }

    private BundleException unexpected(String expected) {
        return new BundleException(
                String.format(Locale.ROOT, "Expected %s as %s, got %s", expected, whereIn(), shown(node)));
    }

    private String whereIn() {
        return place.isEmpty() ? file.toString() : "field " + place + " of " + file;
    }

    private static String shown(JsonNode value) {
        if (value.isMissingNode()) {
            return "nothing";
        }
        try {
            String text = JSON.writeValueAsString(value);
            return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON can be written", e);
        }
    }
}
