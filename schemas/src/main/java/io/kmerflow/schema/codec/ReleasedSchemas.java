package io.kmerflow.schema.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.Schema;

/** The schemas of all releases by their number, from 1: resources {@code released/vN/RECORD.avsc}. */
final class ReleasedSchemas {
    /** A record that every release has; others came later. */
    private static final String IN_EVERY_RELEASE = "SequencedRead";

    private ReleasedSchemas() {}

    /** @param record simple name of the record */
    static SortedMap<Integer, Schema> of(String record) {
        SortedMap<Integer, Schema> schemas = new TreeMap<>();
        for (int version = 1; resource(version, IN_EVERY_RELEASE) != null; version++) {
            URL file = resource(version, record);
            if (file != null) {
                schemas.put(version, parse(file));
            }
        }
        return schemas;
    }

    private static URL resource(int version, String record) {
        String name = String.format(Locale.ROOT, "/io/kmerflow/schema/released/v%d/%s.avsc", version, record);
        return ReleasedSchemas.class.getResource(name);
    }

    private static Schema parse(URL file) {
        try (InputStream in = file.openStream()) {
            return new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from the same jar as this class
        }
    }
}
