package io.kmerflow.cli.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

class SplitOutputStreamTest {
    @TempDir
    private Path folder;

    @Test
    void piecesJoinedAreWhatWasWrittenAndTheirChecksumsAreTrue() throws Exception {
        byte[] bytes = new byte[2_500];
        new Random(1).nextBytes(bytes);
        SplitOutputStream stream = new SplitOutputStream(folder.resolve("a.gz"), 1_000);
        try (stream) {
            stream.write(bytes, 0, 700);
            stream.write(bytes[700]);
            stream.write(bytes, 701, bytes.length - 701);
        }

        assertThat(stream.files())
                .containsExactly(folder.resolve("a.gz.000"), folder.resolve("a.gz.001"), folder.resolve("a.gz.002"));
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (Path file : stream.files()) {
            byte[] piece = Files.readAllBytes(file);
            joined.write(piece);
            assertThat(stream.checksums().get(file.getFileName().toString()))
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(piece)));
        }
        assertThat(joined.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void withoutASizeThereIsOneFile() throws IOException {
        SplitOutputStream stream = new SplitOutputStream(folder.resolve("a.gz"), 0);
        try (stream) {
            stream.write(new byte[5_000], 0, 5_000);
        }
        assertThat(folder.resolve("a.gz")).hasSize(5_000);
        assertThat(stream.checksums()).containsOnlyKeys("a.gz");
    }

    @Test
    void whatIsDiscardedIsGone() throws IOException {
        SplitOutputStream stream = new SplitOutputStream(folder.resolve("a.gz"), 10);
        stream.write(new byte[25], 0, 25);
        stream.discard();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void sizesAreReadAsPeopleWriteThem() {
        PackageCommand.Size size = new PackageCommand.Size();
        assertThat(size.convert("36M")).isEqualTo(36L << 20);
        assertThat(size.convert("2g")).isEqualTo(2L << 30);
        assertThat(size.convert("512K")).isEqualTo(512L << 10);
        assertThat(size.convert("1000")).isEqualTo(1_000);
        for (String wrong : new String[] {"0", "", "M", "-1M", "36MB", "1.5G"}) {
            assertThatThrownBy(() -> size.convert(wrong))
                    .as(wrong)
                    .isInstanceOf(TypeConversionException.class)
                    .hasMessageContaining("36M");
        }
    }
}
