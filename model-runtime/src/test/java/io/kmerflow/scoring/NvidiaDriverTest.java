package io.kmerflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of drivers that this machine need not have. */
class NvidiaDriverTest {
    /** A driver that answers as it is told. */
    private record Driver(int initialized, int count) implements NvidiaDriver.Cuda {
        private static int set(IntByReference into, int value) {
            into.setValue(value);
            return 0;
        }

        @Override
        public int cuInit(int flags) {
            return initialized;
        }

        @Override
        public int cuDriverGetVersion(IntByReference version) {
            return set(version, 12_060);
        }

        @Override
        public int cuDeviceGetCount(IntByReference into) {
            return set(into, count);
        }

        @Override
        public int cuDeviceGet(IntByReference device, int index) {
            return set(device, 10 + index);
        }

        @Override
        public int cuDeviceGetName(byte[] name, int length, int device) {
            byte[] text = ("NVIDIA T" + device).getBytes(StandardCharsets.UTF_8);
            System.arraycopy(text, 0, name, 0, text.length);
            return 0;
        }

        @Override
        public int cuDeviceTotalMem_v2(LongByReference bytes, int device) {
            bytes.setValue(80L << 30);
            return 0;
        }

        @Override
        public int cuDeviceGetAttribute(IntByReference value, int attribute, int device) {
            return set(value, attribute == 16 ? 132 : attribute == 75 ? 9 : 0);
        }
    }

    @Test
    void everyGpuIsTold() {
        NvidiaDriver driver = NvidiaDriver.of(new Driver(0, 2));

        assertThat(driver.cudaVersion()).isEqualTo("12.6");
        assertThat(driver.problem()).isNull();
        assertThat(driver.gpus())
                .containsExactly(
                        new NvidiaDriver.Gpu(0, "NVIDIA T10", 80L << 30, 132, "9.0"),
                        new NvidiaDriver.Gpu(1, "NVIDIA T11", 80L << 30, 132, "9.0"));
    }

    @Test
    void aDriverWithoutGpusSaysSo() {
        assertThat(NvidiaDriver.of(new Driver(100, 0)).problem()).isEqualTo("the NVIDIA driver finds no GPU");
        assertThat(NvidiaDriver.of(new Driver(0, 0)).problem()).isEqualTo("the NVIDIA driver finds no GPU");
    }

    @Test
    void aDriverThatDoesNotStartIsNamedWithItsError() {
        assertThat(NvidiaDriver.of(new Driver(803, 1)).problem()).contains("does not start", "803");
    }

    @Test
    void allThatIsMissingIsNamedAndNothingElse() {
        NvidiaDriver there = NvidiaDriver.of(new Driver(0, 1));
        NvidiaDriver none = NvidiaDriver.of(new Driver(100, 0));

        assertThat(ScoringDevice.missing(0, there, List.of())).isNull();
        assertThat(ScoringDevice.missing(1, there, List.of())).isEqualTo("the NVIDIA driver finds 1, no GPU 1");
        assertThat(ScoringDevice.missing(0, none, List.of())).isEqualTo("the NVIDIA driver finds no GPU");
        assertThat(ScoringDevice.missing(0, none, List.of("libcublas.so.12", "libcurand.so.10")))
                .isEqualTo("the NVIDIA driver finds no GPU; of CUDA 12 there is no libcublas.so.12, libcurand.so.10");
        assertThat(ScoringDevice.missing(0, there, List.of("libcurand.so.10")))
                .isEqualTo("of CUDA 12 there is no libcurand.so.10");
    }
}
