package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandLines;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a serving process leaves open to others while it runs, and behind when it ends. */
@ExtendWith(SourceTree.class)
class ServeProcessITCase {
    /** Reads at once: more work than is done before a signal arrives. */
    private static final int BURST = 1_000;

    private static final String LISTENING = "0A";
    private static final String LOOPBACK = "0100007F";
    private static final String LOOPBACK_V6 = "0000000000000000FFFF00000100007F";

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @Test
    void everyPortIsOnLoopbackAndNoFileStays() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            Process killed = serve(kafka.bootstrapServers(), temporary, "text");
            assertThat(listening(killed.pid()))
                    .hasSizeGreaterThanOrEqualTo(3) // metrics, health and web interface
                    .allMatch(address -> address.equals(LOOPBACK) || address.equals(LOOPBACK_V6));
            assertThat(scratch(temporary)).hasSize(1);
            killed.destroyForcibly();
            killed.waitFor();
            Set<String> left = scratch(temporary);
            assertThat(left).as("what a killed process leaves").hasSize(1);
            Set<String> ofKilled = new TreeSet<>(files(temporary)); // native libraries among them

            Process stopped = serve(kafka.bootstrapServers(), temporary, "json");
            assertThat(Files.readAllLines(folder.resolve("serve-1.log")))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(new ObjectMapper()
                                    .readTree(line)
                                    .path("message")
                                    .asText())
                            .as(line)
                            .isNotEmpty());
            assertThat(scratch(temporary)).hasSize(1).doesNotContainAnyElementsOf(left);
            stopped.destroy(); // SIGTERM
            assertThat(stopped.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(stopped.exitValue()).isEqualTo(143);
            Set<String> after = new TreeSet<>(files(temporary));
            after.removeAll(ofKilled);
            assertThat(after).isEmpty();
        } finally {
            started.forEach(Process::destroyForcibly);
        }
    }

    /** Reads of 600 random bases, numbered. */
    private static void send(String servers, int from, int to) {
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        Random random = new Random(from);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int read = from; read < to; read++) {
                byte[] bases = new byte[600];
                for (int base = 0; base < bases.length; base++) {
                    bases[base] = (byte) "ACGT".charAt(random.nextInt(4));
                }
                String name = "r" + read;
                producer.send(new ProducerRecord<>(
                        "reads",
                        name.getBytes(StandardCharsets.UTF_8),
                        codec.encode(SequencedRead.newBuilder()
                                .setReadId(name)
                                .setRunId("run")
                                .setBases(ByteBuffer.wrap(bases))
                                .build())));
            }
        }
    }

    /** Names of all reads annotated so far, as often as they are; waits until there are that many. */
    private static List<String> annotated(String servers, int atLeast) throws Exception {
        RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);
        List<String> names = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("annotations").stream()
                    .map(partition -> new TopicPartition("annotations", partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (names.size() < atLeast
                    || ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    names.add(codec.decode(record.value()).getReadId());
                }
            }
        }
        return names;
    }

    /** As processes do that a shell has started in the background; those that they start inherit it. */
    private static boolean ignoresInterrupts() throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow();
        return (Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16) & 2) != 0; // SIGINT is 2
    }

    @Test
    void stoppedUnderLoadItEndsTheModelFirstAndTheNextStartGoesOn() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            int sent = 0;
            for (Map.Entry<String, Integer> signal : List.of(
                    Map.entry("TERM", 143), ignoresInterrupts() ? Map.entry("TERM", 143) : Map.entry("INT", 130))) {
                Process serve = serve(servers, temporary, "text");
                Path log = folder.resolve(String.format(Locale.ROOT, "serve-%d.log", started.size() - 1));
                send(servers, sent, sent + BURST);
                annotated(servers, sent + BURST / 10); // with what the one before has left
                sent += BURST;
                Process kill = new ProcessBuilder("kill", "-" + signal.getKey(), Long.toString(serve.pid())).start();
                assertThat(kill.waitFor()).isZero();
                assertThat(serve.waitFor(2, TimeUnit.MINUTES))
                        .as(() -> text(log))
                        .isTrue();
                assertThat(serve.exitValue()).as(() -> text(log)).isEqualTo(signal.getValue());
                assertThat(log).content().contains("stopping").doesNotContain("Exception");
            }
            assertThat(annotated(servers, 0)).as("the last burst was cut off").hasSizeLessThan(sent);
            Process last = serve(servers, temporary, "text");
            assertThat(annotated(servers, sent)).hasSize(sent).doesNotHaveDuplicates();
            last.destroy();
            assertThat(last.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(annotated(servers, sent)).hasSize(sent);
            assertThat(files(folder)).noneMatch(name -> name.startsWith("hs_err"));
            assertThat(scratch(temporary)).isEmpty();
        } finally {
            started.forEach(Process::destroyForcibly);
        }
    }

    @Test
    void anAddressThatIsNoneIsWrongUsage() {
        CommandRun run = CommandRun.of("serve", "--bootstrap-servers", "127.0.0.1:1", "--bind-address", "999.1.1.1");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--bind-address", "'999.1.1.1'").hasLineCount(1);
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static Set<String> scratch(Path temporary) throws IOException {
        Set<String> names = new HashSet<>(files(temporary));
        names.removeIf(name -> !name.startsWith("kmerflow-serve-"));
        return names;
    }

    /** Addresses that a process listens at, as the kernel writes them: sockets of its file descriptors. */
    private static List<String> listening(long pid) throws IOException {
        Set<String> sockets = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of(String.format(Locale.ROOT, "/proc/%d/fd", pid)))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:[")) {
                        sockets.add(target.substring("socket:[".length(), target.length() - 1));
                    }
                } catch (IOException e) {
                    continue; // closed since it was listed
                }
            }
        }
        List<String> addresses = new ArrayList<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] columns = line.strip().split("\\s+");
                if (columns.length > 9 && columns[3].equals(LISTENING) && sockets.contains(columns[9])) {
                    addresses.add(columns[1].substring(0, columns[1].indexOf(':')));
                }
            }
        }
        return addresses;
    }

    /** A process whose job runs, as its metrics show. */
    private Process serve(String servers, Path temporary, String logFormat) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        List<String> words = List.of(
                "serve",
                "--bootstrap-servers",
                servers,
                "--checkpoint-interval",
                "1",
                "--log-format",
                logFormat,
                "--health-port",
                "0",
                "--metrics-port",
                Integer.toString(port));
        Path log = folder.resolve(String.format(Locale.ROOT, "serve-%d.log", started.size()));
        Process serve = new ProcessBuilder(CommandLines.ofJvm(List.of("-Djava.io.tmpdir=" + temporary), words))
                .directory(folder.toFile()) // where the JVM would write of a crash
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        started.add(serve);
        HttpRequest metrics = HttpRequest.newBuilder(
                        URI.create(String.format(Locale.ROOT, "http://127.0.0.1:%d/metrics", port)))
                .build();
        HttpClient client = HttpClient.newHttpClient();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (true) {
            assertThat(serve.isAlive()).as(() -> text(log)).isTrue();
            assertThat(System.nanoTime()).as(() -> text(log)).isLessThan(deadline);
            try {
                String text = client.send(metrics, HttpResponse.BodyHandlers.ofString())
                        .body();
                if (text.contains("kmerflow_annotated_reads") && completedCheckpoints(text) > 0) {
                    assertHealthy(client, text(log));
                    return serve;
                }
            } catch (IOException e) {
                // not there yet
            }
            LockSupport.parkNanos(100_000_000);
        }
    }

    private static void assertHealthy(HttpClient client, String printed) throws Exception {
        Matcher url = Pattern.compile("health at ([^\\s\"]+)").matcher(printed);
        assertThat(url.find()).as(printed).isTrue();
        HttpResponse<String> health = client.send(
                HttpRequest.newBuilder(URI.create(url.group(1))).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(health.body())
                .contains("\"healthy\":true", "\"job\":\"RUNNING\"", "\"model\":\"", " (sha256:", "\"restarts\":0");
        assertThat(health.statusCode()).isEqualTo(200);
    }

    private static double completedCheckpoints(String metrics) {
        return metrics.lines()
                .filter(line -> line.startsWith("flink_jobmanager_job_numberOfCompletedCheckpoints{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .max()
                .orElse(0);
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
