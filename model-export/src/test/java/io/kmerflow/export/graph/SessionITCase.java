package io.kmerflow.export.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.bundle.BundleException;
import io.kmerflow.export.graph.EncoderGraph.Sizes;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ProviderUse;
import io.kmerflow.scoring.ScoringDevice;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.scoring.SessionMemory;
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import io.kmerflow.token.WindowEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions of the runtime on a graph of ours: here, since graphs are made here. */
class SessionITCase {
    private static final WindowEncoder ENCODER = new WindowEncoder(new KmerTokenizer(new Vocabulary(3), 1));
    private static final Sizes SIZES = new Sizes(69, 24, 2, 4, 40, 170, 1e-12f, false, 5, true);
    private static final int MOST_WINDOWS = 64;
    private static final int MOST_TOKENS = 160;

    @TempDir
    Path folder;

    private Path graph;

    @BeforeEach
    void writeGraph() throws IOException {
        graph = Files.write(
                folder.resolve("model.onnx"),
                new EncoderGraph(RandomWeights.of(SIZES, 3), SIZES, GraphStyle.FUSED).toBytes(Map.of()));
    }

    private static TokenBatch batch(int windows, int tokens) {
        Random random = new Random(5);
        TokenBatch batch = new TokenBatch(ENCODER, windows, tokens);
        byte[] bases = new byte[tokens]; // 2 tokens fewer k-mers than bases, [CLS] and [SEP] more
        for (int window = 0; window < windows; window++) {
            for (int i = 0; i < tokens; i++) {
                bases[i] = (byte) "ACGT".charAt(random.nextInt(4));
            }
            batch.add(bases, 0, tokens);
        }
        return batch;
    }

    @Test
    void aRealProfileSaysThatEverythingRanOnTheCpu() throws Exception {
        ProviderUse use = ProviderUse.measure(graph, ScoringOptions.cpu(1), batch(2, 40));

        assertThat(use.nodes()).containsOnlyKeys("CPUExecutionProvider");
        assertThat(use.floatOnCpu()).contains("Attention", "MatMul");
        assertThatThrownBy(use::requireGpu).isInstanceOf(BundleException.class);
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void memorySettingsDoNotChangeLogits(boolean arena, boolean pattern) throws Exception {
        SessionMemory memory = new SessionMemory(arena, pattern, 0, SessionMemory.Growth.SAME_AS_REQUESTED);
        try (OnnxWindowScorer plain = new OnnxWindowScorer(graph, ScoringOptions.cpu(1));
                OnnxWindowScorer set = new OnnxWindowScorer(graph, new ScoringOptions(ScoringDevice.CPU, 1, memory))) {
            assertThat(set.score(batch(3, 50))).containsExactly(plain.score(batch(3, 50)), Offset.offset(1e-6f));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4}) // with two, the other threads wait
    void threadsThatScoreAtOnceGetWhatOneAloneGets(int calls) throws Exception {
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(graph, ScoringOptions.cpu(calls))) {
            List<float[]> alone = new ArrayList<>();
            for (int call = 0; call < 20; call++) {
                alone.add(scorer.score(batch(1 + call % 7, 20 + call)));
            }
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<float[]>> together = new ArrayList<>();
                for (int call = 0; call < 200; call++) {
                    TokenBatch batch = batch(1 + call % 20 % 7, 20 + call % 20);
                    together.add(threads.submit(() -> scorer.score(batch)));
                }
                for (int call = 0; call < 200; call++) {
                    assertThat(together.get(call).get()).containsExactly(alone.get(call % 20));
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void aGpuThatIsNotThereIsNamed() {
        ScoringOptions gpu = new ScoringOptions(new ScoringDevice(true, 0), 1, SessionMemory.DEFAULT);

        assertThatThrownBy(() -> new OnnxWindowScorer(graph, gpu))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("on gpu:0")
                .hasMessageContaining("CUDA");
    }

    /** Bytes of this process in memory, from the second number of statm: pages of 4 KiB. */
    private static long residentBytes() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096;
    }

    @Test
    void nativeMemoryDoesNotGrowOverBatchesOfEveryShape() throws Exception {
        Random random = new Random(1);
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(graph, ScoringOptions.cpu(1))) {
            scorer.score(batch(MOST_WINDOWS, MOST_TOKENS));
            long before = 0;
            for (int call = 0; call < 300; call++) {
                if (call == 100) {
                    System.gc();
                    before = residentBytes();
                }
                scorer.score(batch(1 + random.nextInt(MOST_WINDOWS), 20 + random.nextInt(MOST_TOKENS - 19)));
            }
            System.gc();
            // One call's tensors are some 100 MB: a session that kept what every shape took would be far beyond this.
            assertThat(residentBytes() - before).isLessThan(150L << 20);
        }
    }
}
