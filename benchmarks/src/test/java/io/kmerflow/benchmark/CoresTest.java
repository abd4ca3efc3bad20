package io.kmerflow.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoresTest {
    @Test
    void listsAsLinuxWritesThemAreRead() {
        assertThat(Cores.parse("0-2,7,9-10")).containsExactly(0, 1, 2, 7, 9, 10);
        assertThat(Cores.parse("3")).containsExactly(3);
    }

    @Test
    void aProcessRunsOnTheCoresItIsConfinedTo() throws Exception {
        int last = Cores.ofThisProcess().get(Cores.ofThisProcess().size() - 1);
        Process process = new ProcessBuilder("sleep", "60").start();
        try {
            Cores.pin(process.pid(), List.of(last));
            String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
            assertThat(status).contains("Cpus_allowed_list:\t" + last + "\n");
        } finally {
            process.destroyForcibly();
        }
    }
}
