package io.kmerflow.bundle;

import io.kmerflow.contract.Certainty;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Aggregation;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.contract.ModelContract.StrandRule;
import io.kmerflow.contract.SegmentChain;
import io.kmerflow.sequence.Strand;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What the JSON files of a bundle hold, checked field by field. */
final class BundleJson {
    private static final Set<String> CONTRACT_FIELDS = Set.of(
            "k",
            "tokenStride",
            "vocabularyHash",
            "maxTokens",
            "windowBases",
            "windowStrideBases",
            "minReadBases",
            "minMeanQuality",
            "strand",
            "aggregation",
            "temperature",
            "threshold",
            "labels",
            "longReadThreshold",
            "certainty",
            "chain");
    private static final Set<String> CERTAINTY_FIELDS = Set.of("deviations", "maxWindows", "temperature");
    private static final Set<String> CHAIN_FIELDS = Set.of("meanRunBases", "frequencies");
    private static final Set<String> LABEL_FIELDS =
            Set.of("name", "ontologyId", "background", "strand", "longReadThreshold");
    private static final Set<String> GOLDEN_FIELDS = Set.of("bases", "logits", "label");
    private static final Pattern BASES = Pattern.compile("[ACGTN]+");

    private BundleJson() {}

    /** The contract, coherent. */
    static ModelContract contract(JsonField json) {
        json.object(CONTRACT_FIELDS);
        List<Label> labels = new ArrayList<>();
        for (JsonField label : json.field("labels").list()) {
            label.object(LABEL_FIELDS);
            labels.add(new Label(
                    label.field("name").text(),
                    label.fieldOr("ontologyId", null, JsonField::textOrNull),
                    label.fieldOr("background", false, JsonField::trueOrFalse),
                    label.fieldOr("strand", null, strand -> strand.oneOf(Strand.class)),
                    label.fieldOr("longReadThreshold", null, JsonField::number)));
        }
        try {
            return new ModelContract(
                    json.field("k").wholeNumber(),
                    json.field("tokenStride").wholeNumber(),
                    json.field("vocabularyHash").text(),
                    json.field("maxTokens").wholeNumber(),
                    json.field("windowBases").wholeNumber(),
                    json.field("windowStrideBases").wholeNumber(),
                    json.field("minReadBases").wholeNumber(),
                    json.field("minMeanQuality").number(),
                    json.field("strand").oneOf(StrandRule.class),
                    json.field("aggregation").oneOf(Aggregation.class),
                    json.field("temperature").number(),
                    json.field("threshold").number(),
                    labels,
                    json.fieldOr("longReadThreshold", null, JsonField::number),
                    json.fieldOr("certainty", null, BundleJson::certainty),
                    json.fieldOr("chain", null, BundleJson::chain));
        } catch (IllegalArgumentException e) {
            throw new BundleException(String.format(Locale.ROOT, "%s, in %s", e.getMessage(), json.file()), e);
        }
    }

    private static Certainty certainty(JsonField json) {
        json.object(CERTAINTY_FIELDS);
        return new Certainty(
                json.field("deviations").number(),
                json.field("maxWindows").wholeNumber(),
                json.field("temperature").number());
    }

    private static SegmentChain chain(JsonField json) {
        json.object(CHAIN_FIELDS);
        return new SegmentChain(
                json.field("meanRunBases").number(),
                json.field("frequencies").list().stream().map(JsonField::number).toList());
    }

    /**
     * The golden reads, at least one, that fit the contract.
     *
     * @param named whether each must name its label
     */
    static List<GoldenRead> golden(JsonField json, ModelContract contract, boolean named) {
        List<GoldenRead> golden = new ArrayList<>();
        for (JsonField element : json.list()) {
            golden.add(read(element.object(GOLDEN_FIELDS), contract, named));
        }
        json.require(!golden.isEmpty(), "a list of golden reads, at least one,");
        return List.copyOf(golden);
    }

    private static GoldenRead read(JsonField json, ModelContract contract, boolean named) {
        JsonField bases = json.field("bases");
        bases.require(BASES.matcher(bases.text()).matches(), "upper-case bases A C G T N");
        int count = bases.text().length();
        bases.require(
                count >= contract.k() && count <= contract.windowBases(),
                String.format(
                        Locale.ROOT, "%d to %d bases, a k-mer to a window,", contract.k(), contract.windowBases()));

        List<JsonField> values = json.field("logits").list();
        json.field("logits")
                .require(
                        values.size() == contract.labels().size(),
                        String.format(
                                Locale.ROOT,
                                "%d golden logits, one per label,",
                                contract.labels().size()));
        float[] logits = new float[values.size()];
        for (int label = 0; label < logits.length; label++) {
            logits[label] = values.get(label).floatNumber();
        }

        String label = named ? json.field("label").text() : json.fieldOr("label", null, JsonField::text);
        if (label != null) {
            requireHighest(json.field("label"), label, logits, contract);
        }
        return new GoldenRead(bases.text(), logits, label);
    }

    /** Labels in another order than the logits have give every read another name, and no score tells. */
    private static void requireHighest(JsonField json, String name, float[] logits, ModelContract contract) {
        boolean known = false;
        boolean highest = false;
        float best = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            best = Math.max(best, logit);
        }
        for (int label = 0; label < logits.length; label++) {
            if (contract.labels().get(label).name().equals(name)) {
                known = true;
                highest = logits[label] == best;
            }
        }
        json.require(known, "a label of the contract");
        json.require(highest, "the label with the highest logit");
    }
}
