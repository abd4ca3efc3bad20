package io.kmerflow.cli.training;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.evaluation.TestMetrics;
import io.kmerflow.pretraining.evaluation.TunedKmerControl;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.Finetuning;
import io.kmerflow.pretraining.finetune.LabelledSet;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a run on a labelled set prints: figures of the model, of the control on the same split, and how it was trained. */
final class LabelledSetReport {
    private LabelledSetReport() {}

    static Map<String, Object> of(LabelledSet set, FinetuneConfig config, Finetuning.Result result) {
        TunedKmerControl control = TunedKmerControl.fit(set.train(), set.dev(), set.classes());
        Map<String, Object> row = new LinkedHashMap<>();
        List<LabelledSequence> measured = set.test().isEmpty() ? set.dev() : set.test();
        if (result.test() != null) {
            row.put("test", TestMetrics.of(result.test()).tree());
        }
        Map<String, Object> controlRow = control.metrics(measured);
        controlRow.put("split", set.test().isEmpty() ? "dev" : "test");
        row.put("control", controlRow);
        row.put("validation", result.metrics().get("validation"));
        row.put("classes", set.classes());
        Map<String, Object> rows = new LinkedHashMap<>();
        rows.put("train", set.train().size());
        rows.put("dev", set.dev().size());
        rows.put("test", set.test().size());
        row.put("rows", rows);
        TrainingConfig training = config.training();
        Map<String, Object> protocol = new LinkedHashMap<>();
        protocol.put("epochs", config.csv().epochs());
        protocol.put("batchSize", training.batchSize());
        protocol.put("learningRate", training.learningRate());
        protocol.put("warmUpSteps", training.warmUpSteps());
        protocol.put("evaluateEvery", training.evaluateEvery());
        config.dropout().ifPresent(dropout -> protocol.put("dropout", dropout));
        protocol.put("weightDecay", training.weightDecay());
        protocol.put("strands", config.bothStrands() ? "both" : "one");
        training.weightAverage().ifPresent(decay -> protocol.put("weightAverage", decay));
        protocol.put("seed", training.seed());
        row.put("protocol", protocol);
        for (String name : List.of("windowBases", "minReadBases", "accuracyAtMinReadBases")) {
            if (result.metrics().containsKey(name)) {
                row.put(name, result.metrics().get(name));
            }
        }
        row.put("steps", result.step());
        row.put("bestStep", result.metrics().get("bestStep"));
        row.put("model", result.model().toString());
        return row;
    }
}
