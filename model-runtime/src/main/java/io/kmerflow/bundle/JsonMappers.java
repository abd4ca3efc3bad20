package io.kmerflow.bundle;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/** The JSON mappers without special rules. Not to be configured further: they are shared. */
public final class JsonMappers {
    /** Writes one line. */
    public static final ObjectMapper COMPACT = new ObjectMapper();

    /** Writes files and reports that people read. */
    public static final ObjectMapper INDENTED = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private JsonMappers() {}
}
