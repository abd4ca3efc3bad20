package io.kmerflow.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a shell starts it, of the jars that the build has just made. */
class LauncherITCase {
    private static final Path LAUNCHER =
            Path.of("../../kmerflow").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    /** Not named in Java, whose own encoding of file names may be ASCII as well: bash writes the bytes of "Proben_ä_核.fastq". */
    private static final String NAME = "$'Proben_\\xc3\\xa4_\\xe6\\xa0\\xb8.fastq'";

    /** C and POSIX, one that is not installed, and one that names its encoding. */
    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=C", "LC_ALL=POSIX", "LC_ALL=xx_YY.UTF-8", "LC_CTYPE=C", "LC_ALL=C.UTF-8"})
    void filesOfAnyNameAreReadWhateverTheLocale(String locale) throws Exception {
        String printed = bash("printf '@r1\\nACGT\\n+\\nIIII\\n' > " + NAME + " && env -u LC_ALL -u LC_CTYPE -u LANG "
                + locale + " KMERFLOW_NO_BUILD=1 '" + LAUNCHER + "' inspect " + NAME);
        assertThat(printed).contains("Proben_\u00e4_\u6838.fastq: accept");
    }

    private String bash(String command) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder("bash", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }
}
