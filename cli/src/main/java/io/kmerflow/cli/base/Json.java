package io.kmerflow.cli.base;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kmerflow.job.json.PrintableJson;

/** The one JSON mapper of the command; keys in a fixed order. */
public final class Json {
    public static final ObjectMapper MAPPER =
            new ObjectMapper(PrintableJson.factory()).enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private Json() {}
}
