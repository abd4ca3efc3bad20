package io.kmerflow.cli.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SourceTree.class)
class KeysCommandITCase {
    @TempDir
    private Path folder;

    private Path bundle;
    private Path key;
    private Path trusted;

    @BeforeEach
    void copyBundle() throws IOException {
        bundle = folder.resolve("species");
        try (Stream<Path> files = Files.walk(Home.defaultModel())) {
            for (Path file : files.toList()) {
                Files.copy(file, bundle.resolve(Home.defaultModel().relativize(file)));
            }
        }
        key = folder.resolve("lab.key");
        trusted = folder.resolve("lab.pub");
    }

    private static String fine(Object... args) {
        CommandRun run = CommandRun.of(args);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        return run.out();
    }

    private static String failed(Object... args) {
        CommandRun run = CommandRun.of(args);
        assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).startsWith("kmerflow: ").hasLineCount(1);
        return run.err();
    }

    @Test
    void madeKeySignsABundleWithItsFormsAndTheCheckNamesIt() throws IOException {
        String id = fine("keys", "make", folder.resolve("lab")).split(" ")[0];
        assertThat(id).matches("ed25519:[0-9a-f]{16}");
        assertThat(Files.getPosixFilePermissions(key)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.readString(trusted)).doesNotContain("PRIVATE");

        assertThat(failed("keys", "check", bundle, "--keys", trusted)).contains("got no signature");
        assertThat(fine("keys", "sign", bundle, "--key", key))
                .hasLineCount(2)
                .contains("fp32, in " + bundle, "int8, in " + bundle.resolve("int8"));
        assertThat(fine("keys", "check", bundle, "--keys", trusted))
                .hasLineCount(2)
                .contains("is signed by " + id);
        assertThat(fine("keys", "show", trusted, key, bundle))
                .isEqualTo(String.format(Locale.ROOT, "%s: %s%n%s: %s%n%s: %s%n", trusted, id, key, id, bundle, id));
    }

    @Test
    void changedFileOfAFormIsFoundByTheCheck() throws IOException {
        fine("keys", "make", folder.resolve("lab"));
        fine("keys", "sign", bundle, "--key", key);
        Files.writeString(bundle.resolve("int8/MODEL_CARD.md"), "more", StandardOpenOption.APPEND);

        assertThat(failed("keys", "check", bundle, "--keys", trusted)).contains("was changed after it was signed");
    }

    @Test
    void refusesToOverwriteAKeyAndToSignWithAPublicOne() {
        fine("keys", "make", folder.resolve("lab"));

        assertThat(failed("keys", "make", folder.resolve("lab")))
                .contains("Expected a file that does not exist yet, got " + key);
        assertThat(failed("keys", "make", folder.resolve("none/lab"))).contains("a folder that exists");
        assertThat(failed("keys", "sign", bundle, "--key", trusted)).contains("private");
        assertThat(failed("keys", "show", bundle.resolve("bundle.json"))).contains("Expected a public Ed25519 key");
        assertThat(CommandRun.of("keys").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void annotateScoresSignedModelsAloneWhereAsked() throws IOException {
        fine("keys", "make", folder.resolve("lab"));
        Path reads = Files.writeString(folder.resolve("reads.fa"), ">r1\nACGTACGT\n");
        Path out = folder.resolve("out.tsv");
        Object[] annotate = {
            "annotate", "-i", reads, "-o", out, "--model", bundle, "--device", "cpu", "--require-signature", trusted
        };

        assertThat(failed(annotate)).contains("to be signed by a key of " + trusted, "got no signature");
        assertThat(out).doesNotExist();
        fine("keys", "sign", bundle, "--key", key);
        fine(annotate);
        assertThat(out).isNotEmptyFile();
    }

    @Test
    void exportSignsTheBundle() {
        String id = fine("keys", "make", folder.resolve("lab")).split(" ")[0];
        Path out = folder.resolve("fp16");

        String said = fine(
                "export", "--bundle", bundle, "--precision", "fp16", "--name", "species", "--out", out, "--sign", key);
        assertThat(said).contains("signed species 1, fp16, in " + out + " by " + id);
        assertThat(fine("keys", "check", out, "--keys", trusted)).contains(id);
    }

    /** The bundle is looked at before the broker: none runs here. */
    @Test
    void publishRefusesAnUnsignedBundle() {
        fine("keys", "make", folder.resolve("lab"));

        assertThat(failed("publish", bundle, "--bootstrap-servers", "localhost:1", "--require-signature", trusted))
                .contains("got no signature");
    }
}
