package io.kmerflow.benchmark;

import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.Vocabulary;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Bases per microsecond (= Mbase/s) through the overlapping tokenizer on one core, into a buffer that is reused. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class TokenizerBenchmark {
    private static final int BASES = 1_000_000;

    @Param({"3", "6"})
    public int k;

    /** Bases per call: a read as a whole, or windows of 150. */
    @Param({"150", "1000000"})
    public int windowBases;

    private KmerTokenizer tokenizer;
    private byte[] bases;
    private int[] tokenIds;

    @Setup
    public void draw() {
        Random random = new Random(1);
        tokenizer = new KmerTokenizer(new Vocabulary(k), 1);
        bases = new byte[BASES];
        tokenIds = new int[BASES];
        for (int i = 0; i < BASES; i++) {
            bases[i] = (byte) (random.nextInt(1000) == 0 ? 'N' : "ACGT".charAt(random.nextInt(4)));
        }
    }

    @Benchmark
    @OperationsPerInvocation(BASES)
    public int overlappingTokens() {
        int tokens = 0;
        for (int start = 0; start < BASES; start += windowBases) {
            tokens += tokenizer.tokenize(bases, start, Math.min(start + windowBases, BASES), tokenIds, 0);
        }
        return tokens;
    }
}
