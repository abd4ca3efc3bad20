package io.kmerflow.corpus.label;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.kmerflow.bundle.JsonMappers;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** JSON Lines: an object a line, with readId, label and others of {@link LabelFields#NAMES}. */
final class LabelJson implements LabelLines {

    private final LabelFields fields;

    LabelJson(LabelSettings settings) {
        this.fields = new LabelFields(settings);
    }

    @Override
    public void line(String line, Target target) throws MalformedLabelException {
        JsonNode tree;
        try {
            tree = JsonMappers.COMPACT.readTree(line);
        } catch (JsonProcessingException e) {
            throw new MalformedLabelException(
                    MalformedLabelException.MALFORMED_RECORD, "Expected a JSON object, got: " + e.getOriginalMessage());
        }
        if (!tree.isObject()) {
            throw new MalformedLabelException(
                    MalformedLabelException.MALFORMED_RECORD,
                    String.format(Locale.ROOT, "Expected a JSON object, got %s", tree.getNodeType()));
        }
        Map<String, String> named = new HashMap<>();
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            if (!field.getValue().isNull()) {
                named.put(
                        LabelFields.name(field.getKey()),
                        field.getValue().asText().strip());
            }
        }
        target.label(fields.label(named));
    }
}
