package io.kmerflow.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KillPlanTest {
    private static ChaosSettings settings(int kills, long seed) {
        return new ChaosSettings(
                1000,
                kills,
                true,
                seed,
                2,
                50,
                Path.of("model"),
                Path.of("work"),
                Duration.ofSeconds(5),
                Duration.ofSeconds(300));
    }

    @Test
    void everyProcessIsKilledAboutAsOften() {
        Map<Victim, Long> victims = KillPlan.draw(settings(10, 3)).stream()
                .collect(Collectors.groupingBy(KillPlan.Kill::victim, Collectors.counting()));

        assertThat(victims.values()).containsExactlyInAnyOrder(4L, 3L, 3L);
    }

    @Test
    void theSeedDecidesOrderAndMoments() {
        List<KillPlan.Kill> plan = KillPlan.draw(settings(10, 3));

        assertThat(KillPlan.draw(settings(10, 3))).isEqualTo(plan);
        assertThat(KillPlan.draw(settings(10, 4))).isNotEqualTo(plan);
    }

    @Test
    void killsComeInTheOrderOfTheReadsAndWithinThem() {
        List<Integer> moments = KillPlan.draw(settings(10, 3)).stream()
                .map(KillPlan.Kill::afterReads)
                .toList();

        assertThat(moments).isSorted().allMatch(moment -> moment >= 20 && moment <= 950);
    }

    @Test
    void everySecondKillOfTheBrokerFallsBeforeACommit() {
        List<KillPlan.Kill> plan = KillPlan.draw(settings(12, 3));

        assertThat(plan)
                .filteredOn(kill -> kill.victim() == Victim.BROKER)
                .extracting(KillPlan.Kill::beforeCommit)
                .containsExactly(true, false, true, false);
        assertThat(plan).filteredOn(kill -> kill.victim() != Victim.BROKER).noneMatch(KillPlan.Kill::beforeCommit);
    }

    @Test
    void aRunWithoutReadsIsRefused() {
        assertThatThrownBy(() -> new ChaosSettings(
                        0, 1, true, 1, 1, 50, Path.of("m"), Path.of("w"), Duration.ofSeconds(5), Duration.ofSeconds(9)))
                .hasMessageContaining("0 reads");
    }
}
