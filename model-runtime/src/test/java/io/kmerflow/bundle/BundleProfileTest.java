package io.kmerflow.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.sequence.profile.DriftThresholds;
import io.kmerflow.sequence.profile.Measure;
import io.kmerflow.sequence.profile.Outcome;
import io.kmerflow.sequence.profile.ReadFeatures;
import io.kmerflow.sequence.profile.ReadProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundleProfileTest {
    @TempDir
    Path folder;

    private BundleProfile profile;

    @BeforeEach
    void writeBundle() throws IOException {
        TestBundles.write(folder);
        List<ReadFeatures> reads = new ArrayList<>();
        ReadProfile counts = new ReadProfile(2);
        for (int i = 0; i < 20; i++) {
            byte[] bases = "ACGTTGCA".repeat(1 + i % 3).getBytes(StandardCharsets.US_ASCII);
            ReadFeatures read = new ReadFeatures(bases, null, 2, Outcome.CALLED, i % 2, i / 20.0);
            reads.add(read);
            counts.add(read);
        }
        profile = new BundleProfile(counts, new TreeMap<>(Map.of(10, DriftThresholds.resample(reads, 2, 10, 100, 1))));
    }

    @Test
    void bundlesWithoutAProfileHaveNone() {
        assertThat(ModelBundle.read(folder).profile()).isEmpty();
    }

    @Test
    void profileComesBackAndIsNotUnderTheDigest() throws IOException {
        String before = ModelBundle.read(folder).digest();
        profile.writeTo(folder);
        ModelBundle bundle = ModelBundle.read(folder);
        BundleProfile read = bundle.profile().orElseThrow();

        assertThat(bundle.digest()).isEqualTo(before);
        assertThat(read.reads().reads()).isEqualTo(20);
        for (Measure measure : Measure.values()) {
            assertThat(read.reads().counts(measure)).isEqualTo(profile.reads().counts(measure));
        }
        assertThat(read.thresholds()).isEqualTo(profile.thresholds());
    }

    @ParameterizedTest
    @CsvSource({
        "'\"format\":1', '\"format\":2', 'the format of a profile'",
        "'\"reads\":20', '\"reads\":21', 'that add up to 21 reads'",
        "'\"reads\":20', '\"reads\":\"x\"', 'a whole number of 64 bits'",
        "'\"windowReads\":10', '\"windowReads\":0', 'a read or more'",
        "'\"gc\":[', '\"gc\":[0,', 'counts of gc'",
        "'\"unknown\":0.0', '\"unknown\":-1.0', '0 or more'",
        "'\"unknown\":0.0', '\"other\":0.0', 'other'"
    })
    void damagedProfilesAreRefusedWithTheBundle(String from, String to, String message) throws IOException {
        profile.writeTo(folder);
        Path file = folder.resolve("profile.json");
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("profile.json");
    }
}
