package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.SigningKey;
import io.kmerflow.scoring.SessionMemory;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleSessionFactoryTest {
    private static final Duration NO_HANG = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private static BundleSessionFactory factory(String bundle, int threads) {
        return new BundleSessionFactory(bundle, "auto", "cpu", threads, SessionMemory.DEFAULT, null, null);
    }

    private Path pipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    /** Nobody ever writes to it, so whoever opens it waits for ever. */
    @Test
    void anAnnouncementOfAPipeIsRefused() throws Exception {
        String pipe = pipe().toString();
        ModelRef announced = new ModelRef("m", "1", "sha256:ab", pipe);

        assertTimeoutPreemptively(
                NO_HANG,
                () -> assertThatThrownBy(() -> factory("none", 1).open(0, announced, null))
                        .isInstanceOf(ModelRefusedException.class)
                        .hasMessageContaining(pipe)
                        .extracting(error ->
                                ((ModelRefusedException) error).refusal().code())
                        .isEqualTo(Refusal.Code.BROKEN_BUNDLE));
        assertTimeoutPreemptively(
                NO_HANG,
                () -> assertThatThrownBy(() -> factory(pipe, 1).open(0)).hasMessageContaining(pipe));
    }

    @Test
    void rejectsConfiguredModelThatNoTrustedKeyHasSigned() throws Exception {
        SigningKey.generate().write(folder.resolve("lab.key"), folder.resolve("lab.pub"));
        BundleSessionFactory factory = new BundleSessionFactory(
                "../../models/species",
                "auto",
                "cpu",
                1,
                SessionMemory.DEFAULT,
                null,
                folder.resolve("lab.pub").toString());

        assertThatThrownBy(() -> factory.open(0))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("got no signature");
        assertThat(factory.configured().name()).isEqualTo("species");
    }

    @Test
    void threadsOfTheMachineAreCountedWhereTheModelIsOpened() throws Exception {
        BundleSessionFactory submitted = factory("../../models/species", BundleSessionFactory.THREADS_OF_MACHINE);
        BundleSessionFactory travelled = InstantiationUtil.clone(submitted);
        assertThat(travelled.threads()).isEqualTo(BundleSessionFactory.THREADS_OF_MACHINE);

        try (OpenModel model = travelled.open(0)) {
            assertThat(model.session().parallelCalls())
                    .isEqualTo(Runtime.getRuntime().availableProcessors());
        }
        try (OpenModel model = factory("../../models/species", 3).open(0)) {
            assertThat(model.session().parallelCalls()).isEqualTo(3);
        }
    }
}
