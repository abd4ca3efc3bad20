package io.kmerflow.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChaosReportTest {
    private static boolean kept(boolean exactlyOnce, int duplicates, int otherIds, int lost, int sent) {
        ChaosSettings settings = new ChaosSettings(
                100,
                1,
                exactlyOnce,
                1,
                1,
                50,
                Path.of("model"),
                Path.of("work"),
                Duration.ofSeconds(5),
                Duration.ofSeconds(300));
        FinalCount count = new FinalCount(100, 99 - lost, 1, duplicates, otherIds, lost, 0);
        return new ChaosReport(settings, sent, count, Map.of(), 0, 0, 0, 1, 1).kept();
    }

    @Test
    void oneLostReadBreaksEitherPromise() {
        assertThat(kept(true, 0, 0, 0, 100)).isTrue();
        assertThat(kept(true, 0, 0, 1, 100)).isFalse();
        assertThat(kept(false, 0, 0, 1, 100)).isFalse();
    }

    @Test
    void repetitionsBreakExactlyOnceAlone() {
        assertThat(kept(true, 3, 0, 0, 100)).isFalse();
        assertThat(kept(false, 3, 0, 0, 100)).isTrue();
    }

    @Test
    void aRepetitionUnderAnotherIdBreaksEitherPromise() {
        assertThat(kept(false, 3, 1, 0, 100)).isFalse();
    }

    @Test
    void aReadThatTheBrokerNeverTookIsNoSuccess() {
        assertThat(kept(true, 0, 0, 0, 99)).isFalse();
    }
}
