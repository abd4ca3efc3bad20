package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.scoring.SessionMemory;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GpuChoiceTest {
    private static GpuChoice choice(String option, String... given) {
        return new GpuChoice(option, List.of()).among(Set.of(given));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "gpu"})
    void subtasksTakeTheGivenGpusInTurn(String option) {
        GpuChoice choice = choice(option, "10", "2");

        assertThat(List.of(choice.of(0), choice.of(1), choice.of(2))).containsExactly("gpu:2", "gpu:10", "gpu:2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "gpu:7"})
    void whatIsSaidOutrightStands(String option) {
        assertThat(choice(option, "2").of(0)).isEqualTo(option);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "gpu", "cpu", "gpu:7"})
    void withoutResourcesTheOptionStands(String option) {
        assertThat(choice(option).of(3)).isEqualTo(option);
    }

    @Test
    void anIndexThatIsNoNumberIsRefused() {
        assertThatThrownBy(() -> choice("gpu", "GPU-3f"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GPU-3f");
    }

    @Test
    void theBundleIsOpenedOnTheGivenGpu() {
        SessionFactory sessions =
                new BundleSessionFactory("b", "auto", "gpu", 1, SessionMemory.DEFAULT, null, null).on(Set.of("5"));

        assertThat(sessions)
                .isEqualTo(new BundleSessionFactory(
                        "b", "auto", new GpuChoice("gpu", List.of(5)), 1, SessionMemory.DEFAULT, null, null));
    }
}
