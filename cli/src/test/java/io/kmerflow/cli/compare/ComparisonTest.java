package io.kmerflow.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.compare.Comparison.Cell;
import io.kmerflow.cli.compare.Comparison.Example;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    @TempDir
    Path folder;

    private static ComparedCall call(int number, String sample, String call, int bases, long time) {
        return new ComparedCall("run\tr" + number + "\t0", sample, call, 0.5f, bases, time);
    }

    private static Map<String, ComparedCall> byRead(ComparedCall... calls) {
        Map<String, ComparedCall> byRead = new HashMap<>();
        for (ComparedCall call : calls) {
            byRead.put(call.read(), call);
        }
        return byRead;
    }

    @Test
    void readsOfBothAreCountedByBothCallsAndBySample() {
        Comparison comparison = new Comparison(1);
        comparison.add(
                byRead(
                        call(1, "s1", "x", 100, 0),
                        call(2, "s1", "x", 100, 0),
                        call(3, "s2", "(other)", 100, 0),
                        call(4, null, "x", 100, 0),
                        call(5, "s1", "x", 100, 0),
                        call(6, "s1", "x", 100, 0)),
                byRead(
                        call(1, "s1", "x", 100, 0),
                        call(2, "s1", "y", 100, 0),
                        call(3, "s2", "y", 100, 0),
                        call(4, null, "x", 100, 0),
                        call(6, "s1", "x", 90, 0),
                        call(7, "s1", "x", 100, 0)));

        assertThat(comparison.all().cells())
                .containsExactly(new Cell("x", "x", 2), new Cell("(other)", "y", 1), new Cell("x", "y", 1));
        assertThat(comparison.all().calls()).containsExactly("x", "y", "(other)");
        assertThat(comparison.all().reads("x", "y")).isEqualTo(1);
        assertThat(comparison.all().reads("y", "x")).isZero();
        assertThat(comparison.all().sameShare()).isEqualTo(0.5);
        assertThat(comparison.onlyA()).isEqualTo(1);
        assertThat(comparison.onlyB()).isEqualTo(1);
        assertThat(comparison.ofOtherLength()).isEqualTo(1);
        assertThat(comparison.bySample().keySet()).containsExactly("", "s1", "s2");
        assertThat(comparison.bySample().get("s1").sameShare()).isEqualTo(0.5);
        assertThat(comparison.examples("x", "y"))
                .extracting(example -> example.read().key())
                .containsExactly("run\tr2\t0");
        assertThat(comparison.examples("x", "x")).isEmpty();
    }

    @Test
    void examplesDoNotDependOnTheOrderOfTheParts() {
        Comparison forwards = new Comparison(3);
        Comparison backwards = new Comparison(3);
        for (int i = 0; i < 50; i++) {
            forwards.add(byRead(call(i, null, "x", 9, 0)), byRead(call(i, null, "y", 9, 0)));
            backwards.add(byRead(call(49 - i, null, "x", 9, 0)), byRead(call(49 - i, null, "y", 9, 0)));
        }
        List<Example> examples = forwards.examples("x", "y");
        assertThat(examples).hasSize(3).isEqualTo(backwards.examples("x", "y"));
    }

    @Test
    void ofSeveralAnnotationsOfAReadTheNewestStands() throws Exception {
        CallStore store = new CallStore(folder.resolve("store"));
        try (store) {
            for (int i = 0; i < 1_000; i++) {
                store.add(call(i, i % 2 == 0 ? "s" : null, "first", 10, 5));
            }
            store.add(call(1, null, "newer", 10, 6));
            store.add(call(2, "s", "older", 10, 4));
            store.add(call(3, null, "same time, later", 10, 5));
        }
        Map<String, ComparedCall> all = new HashMap<>();
        for (int part = 0; part < CallStore.PARTS; part++) {
            all.putAll(store.part(part));
        }
        assertThat(store.calls()).isEqualTo(1_003);
        assertThat(all).hasSize(1_000);
        assertThat(all.get("run\tr1\t0").call()).isEqualTo("newer");
        assertThat(all.get("run\tr2\t0")).isEqualTo(call(2, "s", "first", 10, 5));
        assertThat(all.get("run\tr3\t0").call()).isEqualTo("same time, later");
    }
}
