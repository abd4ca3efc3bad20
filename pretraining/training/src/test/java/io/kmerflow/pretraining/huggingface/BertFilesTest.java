package io.kmerflow.pretraining.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.pretraining.TestData;
import io.kmerflow.pretraining.checkpoint.CheckpointException;
import io.kmerflow.pretraining.checkpoint.ClassifierModel;
import io.kmerflow.pretraining.checkpoint.Safetensors;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.Finetuning;
import io.kmerflow.pretraining.finetune.LabelledSet;
import io.kmerflow.pretraining.finetune.Protocol;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.Parameters;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.pretraining.trainer.TorchSession;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BertFilesTest {
    private static final double TOLERANCE = 1e-4;
    private static final String DECODER = "cls.predictions.decoder.weight";

    @TempDir
    Path folder;

    private static Path fixture(String name) {
        try {
            return Path.of(BertFilesTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path weights(String model) {
        return fixture(model + "/model.safetensors");
    }

    private static Path config(String model) {
        return fixture(model + "/config.json");
    }

    private static BertFiles.Imported imported(String model) {
        return BertFiles.read(weights(model), config(model), 7);
    }

    private static JsonNode expected() throws IOException {
        return new ObjectMapper().readTree(fixture("logits.json").toFile());
    }

    private static int[][] rows(JsonNode expected) {
        return new ObjectMapper().convertValue(expected.get("rows"), int[][].class);
    }

    /** The masked model's tensors after a change, in a file. */
    private Path changed(UnaryOperator<Map<String, Tensor>> change) throws IOException {
        Path file = folder.resolve("changed.safetensors");
        Files.deleteIfExists(file);
        Safetensors.write(file, change.apply(new LinkedHashMap<>(Safetensors.read(weights("masked")))));
        return file;
    }

    private static Map<String, Tensor> renamed(Map<String, Tensor> tensors, UnaryOperator<String> rename) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> named.put(rename.apply(name), tensor));
        return named;
    }

    /** The masked model's config.json with one text replaced. */
    private Path configWith(String text, String replacement) throws IOException {
        String json = Files.readString(config("masked"));
        assertThat(json).contains(text);
        return Files.writeString(folder.resolve("changed.json"), json.replace(text, replacement));
    }

    private static void assertSame(Map<String, Tensor> actual, Map<String, Tensor> expected) {
        assertThat(actual).containsOnlyKeys(expected.keySet());
        expected.forEach((name, tensor) -> {
            assertThat(actual.get(name).data()).as(name).containsExactly(tensor.data());
            assertThat(actual.get(name).shape()).as(name).containsExactly(tensor.shape());
        });
    }

    @Test
    void maskedTokenLogitsEqualTransformers() throws IOException {
        JsonNode expected = expected();
        TrainingCheckpoint checkpoint = imported("masked").checkpoint();
        ParameterLayout layout = new ParameterLayout(checkpoint.config(), checkpoint.head());
        float[] values = new float[layout.size()];
        assertThat(layout.fill(values, checkpoint.weights())).isEmpty();
        TokenRows rows = TokenRows.of(rows(expected));
        int[][] places = new ObjectMapper().convertValue(expected.get("positions"), int[][].class);
        int[] positions = new int[places.length];
        for (int i = 0; i < places.length; i++) {
            positions[i] = places[i][0] * rows.width() + places[i][1];
        }
        try (TorchSession session = TorchSession.open("cpu", 1)) {
            NDManager scope = session.manager();
            float[] logits = new BertModel(layout)
                    .maskedTokenLogits(new Parameters(layout, scope.create(values)), scope, rows, positions, false)
                    .toFloatArray();
            assertLogits(logits, expected.get("tokenLogits"));
        }
    }

    @Test
    void classLogitsEqualTransformers() throws IOException {
        JsonNode expected = expected();
        BertFiles.Imported imported = imported("classifier");
        assertThat(imported.fresh()).isEmpty();
        assertThat(imported.checkpoint().head()).isEqualTo(new HeadConfig(HeadConfig.Kind.CLASSIFIER_CLS, 3));
        try (TorchSession session = TorchSession.open("cpu", 1);
                ClassifierModel model = new ClassifierModel(session, imported.checkpoint())) {
            assertLogits(model.logits(TokenRows.of(rows(expected))), expected.get("classLogits"));
        }
    }

    @Test
    void fineTuningAnImportedEncoderLowersItsLoss() throws IOException {
        imported("masked").checkpoint().write(folder.resolve("imported/last"));
        StringBuilder rows = new StringBuilder("sequence,label\n");
        for (int i = 0; i < 32; i++) {
            rows.append(i % 2 == 0 ? "ACGGCGTCGGCC" : "ATTATCAATTAA")
                    .append(',')
                    .append(i % 2)
                    .append('\n');
        }
        Path table = Files.writeString(folder.resolve("rows.csv"), rows);
        FinetuneConfig config = new Protocol(8, 2, 8, 8, 1e-2, null)
                .config(LabelledSet.read(table, table, null), folder.resolve("imported"), null, 1);
        TestData.Recorder recorder = new TestData.Recorder();
        Finetuning.Result result = new Finetuning(
                        config, TestData.options(folder, folder.resolve("tuned"), false, recorder, () -> false))
                .run();
        assertThat(result.finished()).isTrue();
        assertThat(recorder.notes).contains("starting weights: fresh are [classifier.weight, classifier.bias]");
        assertThat(recorder.losses).hasSize(8 * 4);
        double first = mean(recorder.losses.subList(0, 4));
        assertThat(first).isBetween(0.3, 2.0);
        assertThat(mean(recorder.losses.subList(28, 32))).isLessThan(first / 2);

        // Random values learn this table too; what was imported is what the run began with.
        String word = "bert.embeddings.word_embeddings.weight";
        float[] given = imported("masked").checkpoint().weights().get(word).data();
        float[] after =
                TrainingCheckpoint.read(result.model()).weights().get(word).data();
        double moved = 0;
        double size = 0;
        for (int i = 0; i < given.length; i++) {
            moved += Math.abs(after[i] - given[i]);
            size += Math.abs(given[i]);
        }
        assertThat(moved).isPositive().isLessThan(size / 2);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(v -> v).average().orElseThrow();
    }

    private static void assertLogits(float[] actual, JsonNode expected) {
        int width = expected.get(0).size();
        assertThat(actual).hasSize(expected.size() * width);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i])
                    .as("logit %d", i)
                    .isCloseTo(expected.get(i / width).get(i % width).asDouble(), within(TOLERANCE));
        }
    }

    @Test
    void sizesComeFromTheConfigAndWhatTheFileLacksIsNamedAndDrawnFromTheSeed() {
        BertFiles.Imported imported = imported("masked");
        TrainingCheckpoint checkpoint = imported.checkpoint();
        assertThat(checkpoint.config()).isEqualTo(new EncoderConfig(3, 16, 2, 4, 24, 16, 2, 0.1, 1e-12));
        assertThat(imported.fresh()).containsExactly("bert.pooler.dense.weight", "bert.pooler.dense.bias");
        ParameterLayout layout = new ParameterLayout(checkpoint.config(), checkpoint.head());
        Map<String, Tensor> seeded = layout.tensors(layout.initialize(7));
        assertThat(checkpoint.weights().get("bert.pooler.dense.weight").data())
                .containsExactly(seeded.get("bert.pooler.dense.weight").data());
        assertThat(checkpoint.provenance().toString()).contains("model.safetensors", "seed=7");
    }

    @Test
    void tensorsAreTheSameBitsAfterImportAndExport() throws IOException {
        for (String model : new String[] {"masked", "classifier"}) {
            BertFiles.Imported first = imported(model);
            first.checkpoint().write(folder.resolve(model + "/last"));
            Path file = folder.resolve(model + "-out/model.safetensors");
            Path config = BertFiles.write(TrainingCheckpoint.read(folder.resolve(model)), file);
            Map<String, Tensor> written = new LinkedHashMap<>(Safetensors.read(file));
            first.fresh().forEach(written::remove);
            assertSame(written, Safetensors.read(weights(model)));

            BertFiles.Imported again = BertFiles.read(file, config, 8);
            assertThat(again.fresh()).isEmpty();
            assertThat(again.checkpoint().config()).isEqualTo(first.checkpoint().config());
            assertThat(again.checkpoint().head()).isEqualTo(first.checkpoint().head());
            assertSame(again.checkpoint().weights(), first.checkpoint().weights());
        }
    }

    @Test
    void meanPoolingSurvivesExportAndImport() throws IOException {
        EncoderConfig encoder = new EncoderConfig(4, 8, 1, 2, 16, 16, 2, 0.1, 1e-12);
        HeadConfig head = new HeadConfig(HeadConfig.Kind.CLASSIFIER_MEAN, 2);
        ParameterLayout layout = new ParameterLayout(encoder, head);
        TrainingCheckpoint checkpoint = imported("masked").checkpoint();
        Path file = folder.resolve("mean.safetensors");
        Path config = BertFiles.write(
                new TrainingCheckpoint(
                        encoder,
                        head,
                        layout.tensors(layout.initialize(1)),
                        null,
                        Map.of(),
                        null,
                        checkpoint.golden(),
                        Map.of()),
                file);
        assertThat(BertFiles.read(file, config, 1).checkpoint().head()).isEqualTo(head);
    }

    @Test
    void exportNeverReplacesAFile() throws IOException {
        TrainingCheckpoint checkpoint = imported("masked").checkpoint();
        Path config = Files.writeString(folder.resolve("config.json"), "{}");
        assertThatThrownBy(() -> BertFiles.write(checkpoint, folder.resolve("model.safetensors")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("does not exist yet, got " + config);
        assertThat(folder.resolve("model.safetensors")).doesNotExist();
    }

    @Test
    void olderNamesAndTheTiedDecoderAreTakenAsTheSameModel() throws IOException {
        Path file = changed(tensors -> {
            Map<String, Tensor> old = renamed(
                    tensors,
                    name -> name.replaceFirst("^bert\\.", "")
                            .replace("LayerNorm.weight", "LayerNorm.gamma")
                            .replace("LayerNorm.bias", "LayerNorm.beta"));
            old.put(DECODER, tensors.get(BertNames.WORD_EMBEDDINGS));
            old.put("cls.predictions.decoder.bias", tensors.get("cls.predictions.bias"));
            old.put("embeddings.position_ids", new Tensor(new float[16], new long[] {1, 16}));
            return old;
        });
        BertFiles.Imported imported = BertFiles.read(file, config("masked"), 7);
        assertSame(
                imported.checkpoint().weights(), imported("masked").checkpoint().weights());
    }

    @Test
    void aDecoderThatIsNotTiedIsRefused() throws IOException {
        Path file = changed(tensors -> {
            tensors.put(DECODER, new Tensor(new float[69 * 16], new long[] {69, 16}));
            return tensors;
        });
        assertRefused(file, config("masked"), "Expected 'cls.predictions.decoder.weight' to equal");
    }

    @Test
    void twoNamesForOneParameterAreRefused() throws IOException {
        Path file = changed(tensors -> {
            tensors.put("embeddings.LayerNorm.gamma", tensors.get("bert.embeddings.LayerNorm.weight"));
            return tensors;
        });
        assertRefused(file, config("masked"), "got 'bert.embeddings.LayerNorm.weight' twice");
    }

    @Test
    void unknownParametersAndOtherShapesAreRefused() throws IOException {
        Path unknown = changed(tensors -> {
            tensors.put("lstm.weight", new Tensor(new float[1], new long[] {1}));
            return tensors;
        });
        assertRefused(unknown, config("masked"), "the first 'lstm.weight'");
        assertRefused(
                weights("masked"),
                configWith("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1"),
                "a BERT of 1 layers");
        assertRefused(
                weights("masked"),
                configWith("\"intermediate_size\": 24", "\"intermediate_size\": 32"),
                "Expected shape [32, 16] for bert.encoder.layer.0.intermediate.dense.weight, got [24, 16]");
        assertRefused(changed(tensors -> new LinkedHashMap<>()), config("masked"), "got none");
    }

    @Test
    void aConfigOfAnotherModelIsRefused() throws IOException {
        Path file = weights("masked");
        assertRefused(
                file,
                configWith("\"vocab_size\": 69", "\"vocab_size\": 30522"),
                "one of 69 (k = 3), 261 (k = 4), 1029 (k = 5), 4101 (k = 6), got 30522");
        assertRefused(file, configWith("\"gelu\"", "\"relu\""), "Expected hidden_act 'gelu', got 'relu'");
        assertRefused(file, configWith("\"bert\"", "\"roberta\""), "Expected model_type 'bert', got 'roberta'");
        assertRefused(file, configWith("\"hidden_size\": 16", "\"hidden_size\": 15"), "hidden a multiple of heads");
        assertRefused(file, configWith("\"hidden_size\": 16,", ""), "for hidden_size, got none");
        assertRefused(
                file,
                configWith("\"attention_probs_dropout_prob\": 0.1", "\"attention_probs_dropout_prob\": 0.2"),
                "Expected one dropout");
        assertRefused(file, folder.resolve("none.json"), "found none at");
    }

    /** 3-mers counted in A, C, G, T: as many tokens, so that the sizes fit, but other ids. */
    @Test
    void aVocabularyInAnotherOrderIsRefusedWhereItIsThere() throws IOException {
        Path config = configWith("\"bert\"", "\"bert\"");
        Path vocabulary = folder.resolve("vocab.txt");
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        for (int code = 0; code < 64; code++) {
            tokens.add("" + "ACGT".charAt(code >> 4) + "ACGT".charAt(code >> 2 & 3) + "ACGT".charAt(code & 3));
        }
        Files.write(vocabulary, tokens);
        assertRefused(weights("masked"), config, "Expected the token AAT in line 7 of " + vocabulary + ", got AAC");

        Collections.sort(tokens.subList(5, 69), Comparator.comparing(BertFilesTest::inOurOrder));
        Files.write(vocabulary, tokens);
        assertSame(
                BertFiles.read(weights("masked"), config, 7).checkpoint().weights(),
                imported("masked").checkpoint().weights());
        Files.write(vocabulary, tokens.subList(0, 68));
        assertRefused(
                weights("masked"), config, "Expected the token GGG in line 69 of " + vocabulary + ", got the end");
        tokens.add("NNN");
        Files.write(vocabulary, tokens);
        assertRefused(weights("masked"), config, "Expected 69 tokens in " + vocabulary + ", got 70");
    }

    private static String inOurOrder(String kmer) {
        return kmer.replace('A', '0').replace('T', '1').replace('C', '2').replace('G', '3');
    }

    @Test
    void exportWritesTheVocabularyThatImportWants() throws IOException {
        Path file = folder.resolve("out/model.safetensors");
        Path config = BertFiles.write(imported("masked").checkpoint(), file);
        List<String> tokens = Files.readAllLines(file.resolveSibling("vocab.txt"));
        assertThat(tokens).hasSize(69).startsWith("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "AAA", "AAT");
        assertThat(BertFiles.read(file, config, 1).fresh()).isEmpty();
    }

    private static void assertRefused(Path weights, Path config, String reason) {
        assertThatThrownBy(() -> BertFiles.read(weights, config, 1))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(reason);
    }
}
