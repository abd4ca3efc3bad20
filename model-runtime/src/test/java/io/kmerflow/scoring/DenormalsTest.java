package io.kmerflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
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
    void everyOwnerThreadOfADeviceTakesThemForZero() throws Exception {
        DeviceThreads owners = new DeviceThreads(ScoringDevice.CPU, 2);
        owners.retain();
        CyclicBarrier bothThere = new CyclicBarrier(2);
        List<CompletableFuture<Float>> there = List.of(new CompletableFuture<>(), new CompletableFuture<>());
        for (CompletableFuture<Float> one : there) {
            owners.execute(() -> {
                try {
                    bothThere.await(10, TimeUnit.SECONDS);
                    one.complete(half(Float.MIN_NORMAL));
                } catch (Exception e) {
                    one.completeExceptionally(e);
                }
            });
        }

        for (CompletableFuture<Float> one : there) {
            assertThat(one.get(20, TimeUnit.SECONDS)).isZero();
        }
        assertThat(owners.release()).isTrue();
    }
}
