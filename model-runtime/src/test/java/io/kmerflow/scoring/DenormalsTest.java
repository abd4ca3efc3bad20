package io.kmerflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class DenormalsTest {
    private static float half(float value) {
        return value * 0.5f;
    }

    @Test
    void onlyTheThreadThatAsksTakesDenormalsForZero() throws Exception {
        CompletableFuture<Boolean> flushes = new CompletableFuture<>();
        CompletableFuture<Float> there = new CompletableFuture<>();
        Thread asking = new Thread(() -> {
            flushes.complete(Denormals.flushOnThisThread());
            there.complete(half(Float.MIN_NORMAL));
        });
        asking.start();

        assertThat(flushes.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(there.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(half(Float.MIN_NORMAL)).isPositive();
        asking.join();
    }

    @Test
    void theOwnerThreadOfADeviceTakesThemForZero() throws Exception {
        DeviceThread owner = new DeviceThread(ScoringDevice.CPU);
        owner.retain();
        CompletableFuture<Float> there = new CompletableFuture<>();
        owner.execute(() -> there.complete(half(Float.MIN_NORMAL)));

        assertThat(there.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(owner.release()).isTrue();
    }
}
