package io.kmerflow.job.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;

/** What is wrong with a text that is no JSON, in words for people. */
public final class JsonProblem {
    /** Says where the parser was, in a source that it does not show. */
    private static final Pattern PLACE =
            Pattern.compile("\\s*\\(?(start marker )?at \\[Source: .*?\\]\\)?", Pattern.DOTALL);

    private JsonProblem() {}

    /** The parser's words without places. */
    public static String of(JsonProcessingException error) {
        return PLACE.matcher(error.getOriginalMessage()).replaceAll("").strip();
    }
}
