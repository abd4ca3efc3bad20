package io.kmerflow.cli.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.settings.SettingsTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetrainInputsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("client.properties"), "client.id=lab\n");
        Files.writeString(folder.resolve("withdrawn.tsv"), "r1\n");
    }

    private RetrainInputs inputs(String yaml) {
        return new RetrainInputs(SettingsTree.of("parent: p\nversion: '2'\n" + yaml, RetrainConfig.class), folder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka: {bootstrapServers: 'h:1', options: {kafka.topic.raeds: x}} | got 'kafka.topic.raeds'",
                "kafka: {bootstrapServers: 'h:1', options: {kafka.start: never}} | kafka.start",
                "kafka: {bootstrapServers: 'h:1'}\\nsnapshot: {reads-per-grop: 5} | got 'reads-per-grop'",
                "kafka: {bootstrapServers: 'h:1'}\\nsnapshot: {out: x} | got 'out'",
                "kafka: {bootstrapServers: 'h:1'}\\nsnapshot: {reads-per-group: many} | '--reads-per-group'",
                "kafka: {bootstrapServers: 'h:1'}\\nsnapshot: {min-bases: 9, max-bases: 3} | min-bases <= max-bases",
                "kafka: {bootstrapServers: 'h:1'}\\nsnapshot: {from: yesterday} | got 'yesterday'",
                "kafka: {bootstrapServers: 'h:1'}\\nsnapshot: {without-reads: absent.tsv} | absent.tsv",
                "kafka: {bootstrapServers: 'h:1', options: {kafka.client-properties: absent}} | absent",
                "kafka: {bootstrapServers: 'h:1'}\\nevaluation: {suite: absent.tsv} | for evaluation.suite, there is none at",
                "kafka: {bootstrapServers: 'h:1'}\\nevaluation: {unknown: absent.fq} | for evaluation.unknown",
                "kafka: {bootstrapServers: 'h:1'}\\nreplay: [{data: absent.tsv}] | for replay.data",
                "kafka: {bootstrapServers: 'h:1'}\\nexport: {certaintyReads: absent.fq} | for export.certaintyReads",
                "kafka: {bootstrapServers: 'h:1'}\\nheldOut: {ledgers: [absent.txt]} | for heldOut.ledgers",
                "kafka: {bootstrapServers: 'h:1', store: models} | got 'models'",
                "kafka: {bootstrapServers: 'h:1', options: {kafka.topic.annotations: reads}} | Expected different topics",
                "corpus: absent | Expected a corpus with a manifest.json in",
            })
    void namesOfFilesAndOptionsAreCheckedBeforeTheRunBegins(String yaml, String sentence) {
        RetrainInputs inputs = inputs(yaml.replace("\\n", "\n"));

        assertThatThrownBy(inputs::checked).hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gate: {minNewRecall: 1.5} | Expected gate.minNewRecall of 0 to 1, got 1.5",
                "gate: {maxLatencyRatio: 0} | Expected gate.maxLatencyRatio of more than 0, got 0.0",
                "gate: {minReads: 0} | Expected gate.minReads of 1 or more, got 0",
                "gate: {maxOldLoss: -2} | Expected gate.maxOldLoss of -1 to 1, got -2.0",
                "guard: {waitSeconds: 0} | Expected guard.waitSeconds of 1 or more, got 0",
                "guard: {maxDriftShare: 2} | Expected guard.maxDriftShare of 0 to 1, got 2.0",
                "shadow: {waitSeconds: -1} | Expected shadow.waitSeconds of 1 or more, got -1",
                "finetuning: {epochs: 0} | Expected finetuning.epochs of 1 or more, got 0",
                "minReadsPerLabel: 0 | Expected minReadsPerLabel of 1 or more, got 0",
                "device: cuda | Expected a device of [auto, cpu, gpu, gpus], got 'cuda'",
                "labels: [{name: a}, {name: a}] | Expected labels with each name once, got [a, a]",
                "gates: {} | got 'gates'",
            })
    void valuesThatCannotBeAreToldByTheirKey(String yaml, String sentence) {
        assertThatThrownBy(() -> inputs("corpus: c\n" + yaml)).hasMessageContaining(sentence);
    }

    @Test
    void optionsOfKafkaReachTheSnapshotAndFilesAreRelativeToTheConfiguration() {
        RetrainConfig config = inputs("""
                kafka:
                  bootstrapServers: h:1
                  options:
                    kafka.client-properties: client.properties
                    kafka.properties: "client.id:lab,fetch.min.bytes:1"
                    kafka.topic.reads: lab-reads
                    kafka.topic.labels: lab-labels
                    kafka.topic.models: lab-models
                    kafka.create-topics: "true"
                    schema-registry.url: http://registry:8081
                snapshot: {labelled: true, exclude-label: [Homo sapiens, Mus musculus], without-reads: withdrawn.tsv, to: "0:5"}
                """).checked();

        RetrainInputs inputs = new RetrainInputs(config, folder);
        assertThat(String.join(" ", inputs.kafkaArguments()))
                .contains(
                        "--client-properties " + folder.resolve("client.properties"),
                        "--kafka-property client.id=lab",
                        "--kafka-property fetch.min.bytes=1",
                        "--reads-topic lab-reads",
                        "--labels-topic lab-labels",
                        "--schema-registry http://registry:8081")
                .doesNotContain("lab-models", "--create-topics");
        assertThat(inputs.snapshotArguments(name -> !name.equals("to")))
                .containsExactly(
                        "--exclude-label",
                        "Homo sapiens",
                        "--exclude-label",
                        "Mus musculus",
                        "--labelled",
                        "--without-reads",
                        folder.resolve("withdrawn.tsv").toString());
    }
}
