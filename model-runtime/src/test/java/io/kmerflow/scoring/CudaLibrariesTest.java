package io.kmerflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import org.junit.jupiter.api.Test;

class CudaLibrariesTest {
    @Test
    void tellsWhetherALibraryHasAFunction() {
        NativeLibrary maths = NativeLibrary.getInstance("libm.so.6");

        assertThat(CudaLibraries.has(maths, "fegetenv")).isTrue();
        assertThat(CudaLibraries.has(maths, "cudaLibraryGetKernel")).isFalse();
    }
}
