package io.kmerflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ChildJvmITCase {
    private static final int END_SECONDS = 120;

    @TempDir
    private Path folder;

    private static ChildJvm start(Path log, Class<?> main, String... arguments) {
        return ChildJvm.start(new ChildJvm.Command(
                "the child",
                List.of("-Xmx32m"),
                System.getProperty("java.class.path"),
                main.getName(),
                List.of(arguments),
                Map.of("CHILD_SAYS", "hello"),
                log));
    }

    /** Lives until somebody ends it. */
    static final class Idle {
        public static void main(String[] args) throws Exception {
            new CountDownLatch(1).await();
        }
    }

    /** Starts a child, tells its process id, and lives until somebody ends it. */
    static final class Starter {
        public static void main(String[] args) throws Exception {
            try (ChildJvm child = start(Path.of(args[0]), Idle.class)) {
                System.out.println(child.pid());
                new CountDownLatch(1).await();
            }
        }
    }

    /** Says what it was given, and ends with a code of its own. */
    static final class Speaker {
        public static void main(String[] args) {
            System.out.println(System.getenv("CHILD_SAYS") + " " + String.join(",", args));
            System.exit(Integer.parseInt(args[1]));
        }
    }

    /** Ends with an exception. */
    static final class Thrower {
        public static void main(String[] args) {
            throw new IllegalStateException("no good");
        }
    }

    @Test
    void aChildEndsWhenItsStarterIsKilled() throws Exception {
        Process starter = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Starter.class.getName(),
                        folder.resolve("child.log").toString())
                .redirectError(Redirect.INHERIT)
                .start();
        try (BufferedReader said = starter.inputReader()) {
            ProcessHandle child = ProcessHandle.of(Long.parseLong(said.readLine()))
                    .orElseThrow(() -> new AssertionError("Expected the child to run until its starter is killed"));

            starter.destroyForcibly();

            try {
                child.onExit().get(END_SECONDS, TimeUnit.SECONDS); // a limit on the wait: without an end there is none
            } finally {
                child.destroyForcibly();
            }
        } finally {
            starter.destroyForcibly();
        }
    }

    @Test
    void argumentsEnvironmentOutputAndExitCodeAreTheChildsOwn() throws Exception {
        Path log = folder.resolve("child.log");

        assertThat(start(log, Speaker.class, "a b", "7").await(END_SECONDS)).isEqualTo(7);
        assertThat(Files.readString(log)).isEqualTo("hello a b,7\n");
    }

    @Test
    void anExceptionOfItsMainEndsTheChildAndIsInItsLog() throws Exception {
        Path log = folder.resolve("child.log");
        ChildJvm child = start(log, Thrower.class);

        assertThat(child.await(END_SECONDS)).isEqualTo(1);
        assertThatThrownBy(child::requireAlive).hasMessageContaining("code 1");
        assertThat(Files.readString(log)).contains("IllegalStateException: no good");
    }
}
