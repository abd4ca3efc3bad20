package io.kmerflow.corpus.label;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.job.json.JsonProblem;
import io.kmerflow.sequence.PrintableText;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** JSON Lines: an object a line, with readId, label and others of {@link LabelFields#NAMES}. */
final class LabelJson implements LabelLines {

    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final LabelFields fields;

    LabelJson(LabelSettings settings) {
        this.fields = new LabelFields(settings);
    }

    @Override
    public void line(String line, Target target) throws MalformedLabelException {
        JsonNode tree;
        try {
            tree = STRICT.readTree(line);
        } catch (JsonProcessingException e) {
            throw new MalformedLabelException(
                    MalformedLabelException.MALFORMED_RECORD, "Expected a JSON object, got: " + JsonProblem.of(e));
        }
        if (!tree.isObject()) {
            throw new MalformedLabelException(
                    MalformedLabelException.MALFORMED_RECORD,
                    String.format(Locale.ROOT, "Expected a JSON object, got %s", tree.getNodeType()));
        }
        Map<String, String> named = new HashMap<>();
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            String name = LabelFields.name(field.getKey());
            if (field.getValue().isNull() || !LabelFields.NAMES.contains(name)) {
                continue;
            }
            if (named.put(name, text(field)) != null) {
                throw new MalformedLabelException(
                        MalformedLabelException.MALFORMED_RECORD,
                        String.format(Locale.ROOT, "Expected each field once, got %s in two spellings", name));
            }
        }
        target.label(fields.label(named));
    }

    private static String text(Map.Entry<String, JsonNode> field) throws MalformedLabelException {
        JsonNode value = field.getValue();
        if (!value.isTextual() && !value.isNumber()) {
            throw new MalformedLabelException(
                    MalformedLabelException.BAD_VALUE,
                    String.format(
                            Locale.ROOT,
                            "Expected a text or a number as %s, got %s",
                            PrintableText.escape(field.getKey()),
                            value.getNodeType().name().toLowerCase(Locale.ROOT)));
        }
        return value.asText().strip();
    }
}
