package io.kmerflow.job.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadLimitsTest {
    private static final int LIMIT = ReadLimits.MAX_ATTRIBUTE_BYTES;

    @Test
    void attributesUpToTheLimitStayAsTheyAre() {
        Map<String, String> attributes = Map.of("ab", "x".repeat(LIMIT - 2));
        assertThat(ReadLimits.cut(attributes)).isSameAs(attributes);
        Map<String, String> twoBytesEach = Map.of("ab", "\u00e9".repeat(LIMIT / 2 - 1));
        assertThat(ReadLimits.cut(twoBytesEach)).isSameAs(twoBytesEach);
    }

    @Test
    void theLargestAreLeftOutAndNamed() {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("large", "x".repeat(LIMIT));
        attributes.put("larger", "\u0915".repeat(LIMIT)); // 3 bytes each
        attributes.put("small", "1");
        attributes.put("half", "x".repeat(LIMIT / 2));
        assertThat(ReadLimits.cut(attributes))
                .isEqualTo(
                        Map.of("small", "1", "half", "x".repeat(LIMIT / 2), ReadLimits.CUT_ATTRIBUTE, "large larger"));
    }

    @Test
    void oneByteOverTheLimitIsOver() {
        assertThat(ReadLimits.cut(Map.of("ab", "x".repeat(LIMIT - 1))))
                .isEqualTo(Map.of(ReadLimits.CUT_ATTRIBUTE, "ab"));
    }
}
