package io.kmerflow.schema.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;

/** The schemas of all releases, oldest first: resources {@code released/vN/RECORD.avsc}. */
final class ReleasedSchemas {
    private ReleasedSchemas() {}

    /** @param record simple name of the record */
    static List<Schema> of(String record) {
        List<Schema> schemas = new ArrayList<>();
        for (int version = 1; ; version++) {
            String name = String.format(Locale.ROOT, "/io/kmerflow/schema/released/v%d/%s.avsc", version, record);
            try (InputStream in = ReleasedSchemas.class.getResourceAsStream(name)) {
                if (in == null) {
                    return schemas;
                }
                schemas.add(new Schema.Parser().parse(in));
            } catch (IOException e) {
                throw new UncheckedIOException(e); // from the same jar as this class
            }
        }
    }
}
