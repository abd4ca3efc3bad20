package io.kmerflow.pretraining.settings;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Settings as a tree: the defaults of their record, over them what a file gives, over that what options give, bound to the record
 * at the end. An unknown key, a key given twice and a value that does not fit are errors.
 */
public final class SettingsTree {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .registerModule(new Jdk8Module())
            .registerModule(new SimpleModule()
                    .addSerializer(Path.class, new ToStringSerializer())
                    .addDeserializer(Path.class, new PathDeserializer()))
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /** Jackson's own takes what has a colon for a URI. */
    private static final class PathDeserializer extends StdScalarDeserializer<Path> {
        private static final long serialVersionUID = 1;

        PathDeserializer() {
            super(Path.class);
        }

        @Override
        public Path deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return Path.of(parser.getValueAsString());
        }
    }

    private SettingsTree() {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if the file is missing, not YAML, or has a key or value that does not fit; names the
     *     file and the key
     */
    public static <T extends Record> T read(Path file, Class<T> type) {
        return read(file, Map.of(), type);
    }

    /**
     * Reads a file and changes what it says.
     *
     * @param changes values by their keys, {@code training.steps} for steps in training; null leaves the file's
     * @throws IllegalArgumentException as {@link #read(Path, Class)}
     */
    public static <T extends Record> T read(Path file, Map<String, ?> changes, Class<T> type) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("Expected a configuration file, found none at " + file);
        }
        try {
            ObjectNode given = object(Files.readString(file));
            if (given.isEmpty()) {
                throw new IllegalArgumentException("Expected keys with values, got none");
            }
            return bind(changed(given, changes), type);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + " in " + file, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a readable file, got %s at %s", e, file), e);
        }
    }

    /** Settings of a text in YAML; an empty one gives the defaults. */
    public static <T extends Record> T of(String yaml, Class<T> type) {
        return bind(object(yaml), type);
    }

    /** Settings of some values by their keys, as {@link #read(Path, Map, Class)} has them; the others are the defaults. */
    public static <T extends Record> T of(Map<String, ?> values, Class<T> type) {
        return bind(changed(YAML.createObjectNode(), values), type);
    }

    /** The same with other values, by their keys as {@link #read(Path, Map, Class)} has them. */
    public static <T extends Record> T with(T settings, Map<String, ?> changes) {
        @SuppressWarnings("unchecked")
        Class<T> type = (Class<T>) settings.getClass();
        return bind(changed(tree(settings), changes), type);
    }

    /** Settings with all defaults, as a tree for JSON. */
    public static ObjectNode tree(Record settings) {
        return YAML.valueToTree(settings);
    }

    private static ObjectNode object(String yaml) {
        JsonNode tree;
        try {
            tree = YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            String problem = e.getOriginalMessage();
            throw new IllegalArgumentException(
                    problem.startsWith("Duplicate field")
                            ? "Expected each key once, got another " + problem.substring("Duplicate field ".length())
                            : "Expected YAML, got " + oneLine(problem),
                    e);
        }
        if (tree == null || tree.isMissingNode() || tree.isNull()) {
            return YAML.createObjectNode();
        }
        if (!(tree instanceof ObjectNode object)) {
            throw new IllegalArgumentException("Expected keys with values, got " + tree);
        }
        return object;
    }

    private static ObjectNode changed(ObjectNode tree, Map<String, ?> changes) {
        changes.forEach((key, value) -> {
            if (value != null) {
                String[] path = key.split("[.]");
                ObjectNode at = tree;
                for (int i = 0; i < path.length - 1; i++) {
                    at = at.get(path[i]) instanceof ObjectNode inner ? inner : at.putObject(path[i]);
                }
                at.set(path[path.length - 1], YAML.valueToTree(value));
            }
        });
        return tree;
    }

    private static <T extends Record> T bind(ObjectNode given, Class<T> type) {
        try {
            return YAML.treeToValue(overDefaults(given, type, ""), type);
        } catch (JsonMappingException e) {
            String key = e.getPath().stream()
                    .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
                    .collect(Collectors.joining("."));
            String reason = e.getOriginalMessage();
            if (e.getCause() instanceof IllegalArgumentException) {
                reason = e.getCause().getMessage();
            } else if (e instanceof UnrecognizedPropertyException unknown) {
                reason = String.format(
                        Locale.ROOT,
                        "Expected one of the keys %s, got '%s'",
                        new TreeSet<>(unknown.getKnownPropertyIds()),
                        unknown.getPropertyName());
            } else if (e instanceof MismatchedInputException mismatched) {
                reason = mismatch(mismatched);
            }
            throw new IllegalArgumentException(reason + (key.isEmpty() ? "" : ", at '" + key + "'"), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Expected YAML, got " + oneLine(e.getOriginalMessage()), e);
        }
    }

    /** The parser shows the place in the text below its words. */
    private static String oneLine(String problem) {
        return problem.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.equals("^"))
                .collect(Collectors.joining(" "));
    }

    private static String mismatch(MismatchedInputException e) {
        Class<?> type = e.getTargetType() == null ? Object.class : e.getTargetType();
        Object value = e instanceof InvalidFormatException wrong ? "'" + wrong.getValue() + "'" : found(e);
        return String.format(Locale.ROOT, "Expected %s, got %s", expected(type), value);
    }

    private static String found(MismatchedInputException e) {
        if (!(e.getProcessor() instanceof JsonParser at) || at.currentToken() == null) {
            return "another value";
        }
        return switch (at.currentToken()) {
            case START_ARRAY, END_ARRAY -> "a list";
            case START_OBJECT, END_OBJECT, FIELD_NAME -> "keys with values";
            default -> "a single value";
        };
    }

    private static String expected(Class<?> type) {
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant ->
                                    JsonMappers.COMPACT.valueToTree(constant).asText()) // as files have it
                            .sorted()
                            .toList();
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (Set.of(int.class, long.class, Integer.class, Long.class, OptionalInt.class, OptionalLong.class)
                .contains(type)) {
            return "a whole number";
        }
        if (Set.of(double.class, Double.class, OptionalDouble.class).contains(type)) {
            return "a number";
        }
        if (type.isRecord() || Map.class.isAssignableFrom(type)) {
            return "keys with values";
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "a text";
    }

    /** A key without a value counts as not given. */
    private static ObjectNode overDefaults(ObjectNode given, Class<?> type, String at) {
        ObjectNode all = given.deepCopy();
        for (RecordComponent component : type.getRecordComponents()) {
            String key = component.getName();
            JsonNode value = all.get(key);
            if (value == null || value.isNull()) {
                all.remove(key);
                value = defaultOf(component);
            }
            if (value != null) {
                all.set(key, inside(value, component.getGenericType(), at + key));
            } else if (component.getType().isPrimitive()) {
                throw new IllegalArgumentException("Expected a value for '" + at + key + "', got none");
            }
        }
        return all;
    }

    private static JsonNode inside(JsonNode value, Type type, String at) {
        if (value instanceof ObjectNode object && type instanceof Class<?> record && record.isRecord()) {
            return overDefaults(object, record, at + ".");
        }
        if (value instanceof ArrayNode array && elements(type) instanceof Class<?> element && element.isRecord()) {
            ArrayNode all = YAML.createArrayNode();
            for (int i = 0; i < array.size(); i++) {
                all.add(inside(array.get(i), element, at + ".[" + i + "]"));
            }
            return all;
        }
        return value;
    }

    /** Type of the elements of a list; null for anything else. */
    static Type elements(Type type) {
        return type instanceof ParameterizedType list && list.getRawType() == List.class
                ? list.getActualTypeArguments()[0]
                : null;
    }

    private static JsonNode defaultOf(RecordComponent component) {
        Setting setting = component.getAnnotation(Setting.class);
        if (setting == null || setting.byDefault().isEmpty()) {
            return null;
        }
        try {
            return YAML.readTree(setting.byDefault());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Expected YAML as the default of " + component + ", got " + setting, e);
        }
    }
}
