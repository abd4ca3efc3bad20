package io.kmerflow.export;

import io.kmerflow.bundle.BundleProfile;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.Precision;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.export.certainty.CertaintyFit;
import io.kmerflow.export.certainty.ThresholdFit;
import io.kmerflow.export.graph.ActivationRange;
import io.kmerflow.export.graph.Calibration;
import io.kmerflow.export.graph.EncoderGraph;
import io.kmerflow.export.graph.GraphStyle;
import io.kmerflow.export.parity.ParityCheck;
import io.kmerflow.export.parity.RandomWindows;
import io.kmerflow.export.profile.ProfileFit;
import io.kmerflow.scoring.GoldenCheck;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.sequence.profile.DriftThresholds;
import io.kmerflow.token.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Turns a classifier, from its training checkpoint or from a bundle, into a model bundle, through the gates of parity and
 * golden reads.
 */
public final class ModelExporter {

    /**
     * What to make.
     *
     * @param name of the model
     * @param version of the model
     * @param style operators of the graph
     * @param precision of its encoder
     * @param card model card in Markdown, or null for one made from the provenance
     * @param thresholds reads to fit the thresholds of long reads on; null leaves them as they are
     * @param labelThresholds thresholds of long reads by name of the label, in place of what was fitted or is in the contract
     * @param certainty reads to fit on when a read's scoring may end; null leaves that as it is
     * @param profiled reads like those to be served, to make a profile of; null for no profile
     */
    public record Request(
            String name,
            String version,
            GraphStyle style,
            Precision precision,
            String card,
            List<ThresholdFit.Read> thresholds,
            Map<String, Double> labelThresholds,
            CertaintyFit.Request certainty,
            List<ProfileFit.Sample> profiled) {}

    /**
     * What was made.
     *
     * @param bundle read back from disk
     * @param parity difference to the trainer's logits, computed now
     * @param golden largest difference to the golden logits the trainer wrote down
     * @param certainty what was fitted on the reads given; null without
     */
    public record Result(ModelBundle bundle, ParityCheck.Parity parity, float golden, CertaintyFit.Fit certainty) {}

    /** Who serves a bundle is often another user than who exports it. */
    private static final FileAttribute<?> READABLE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

    private static final long CALIBRATION_SEED = 20_240_908; // not that of the parity check
    private static final int CALIBRATION_WINDOWS = 16;

    private ModelExporter() {}

    /**
     * Writes the bundle beside {@code out}, checks it, and only then renames it there.
     *
     * @param trained gives the logits that the bundle must give too, row-major (windows, labels): the model in PyTorch, or the
     *     bundle that it is taken from
     * @param out folder that must not exist yet
     * @throws IllegalArgumentException if {@code out} exists, or the graph cannot be written as asked
     * @throws io.kmerflow.export.parity.ParityException if ONNX Runtime does not give those logits
     */
    public static Result export(Classifier classifier, Function<TokenBatch, float[]> trained, Request request, Path out)
            throws IOException {
        if (Files.exists(out)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a folder that does not exist yet, %s does", out));
        }
        Path target = out.toAbsolutePath();
        Files.createDirectories(target.getParent());
        Path temporary = Files.createTempDirectory(target.getParent(), "." + target.getFileName(), READABLE);
        try {
            Files.write(temporary.resolve("model.onnx"), graph(classifier, request));
            ParityCheck.Parity parity;
            float goldenDifference;
            CertaintyFit.Fit certainty = null;
            try (OnnxWindowScorer scorer =
                    new OnnxWindowScorer(temporary.resolve("model.onnx"), ScoringOptions.cpu(1))) {
                parity = ParityCheck.require(classifier.contract(), trained, scorer, request.precision());
                Map<String, Object> provenance = new LinkedHashMap<>(classifier.provenance());
                provenance.put(
                        "export",
                        new TreeMap<>(Map.of( // in one order, whatever run writes it
                                "from", classifier.origin(),
                                "graph", request.style().name(),
                                "parity", parity.worst(),
                                "labelAgreement", parity.labelAgreement())));
                ModelContract contract = classifier.contract();
                goldenDifference = GoldenCheck.require(
                        request.name() + " " + request.version(),
                        classifier.golden(),
                        contract,
                        request.precision().logitTolerance(),
                        scorer);
                // From here on it takes minutes: after all that can fail.
                if (request.thresholds() != null) {
                    ThresholdFit.Fit thresholds = withScorers(
                            temporary.resolve("model.onnx"),
                            model -> ThresholdFit.fit(classifier.contract(), model, request.thresholds()));
                    contract = thresholds.contract();
                    provenance.put("thresholds", thresholds.provenance());
                }
                contract = ThresholdFit.given(contract, request.labelThresholds());
                if (request.certainty() != null) {
                    ModelContract called = contract;
                    certainty = withScorers(
                            temporary.resolve("model.onnx"),
                            model -> CertaintyFit.fit(called, model, request.certainty()));
                    contract = contract.withCertainty(certainty.certainty());
                    provenance.put("certainty", certainty.provenance());
                }
                if (request.profiled() != null) {
                    profile(contract, scorer, request.profiled()).writeTo(temporary);
                    provenance.put("profile", Map.of("reads", request.profiled().size()));
                }
                ModelBundle.complete(
                        temporary,
                        request.name(),
                        request.version(),
                        request.precision().toString(),
                        contract,
                        classifier.golden(),
                        JsonMappers.INDENTED.writeValueAsString(provenance),
                        request.card() == null ? ModelCard.of(request, classifier, parity) : request.card());
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return new Result(ModelBundle.read(out), parity, goldenDifference, certainty);
        } finally {
            delete(temporary);
        }
    }

    private interface Fit<T> {
        T with(List<OnnxWindowScorer> scorers) throws ScoringException;
    }

    /** With a scorer for each processor. */
    private static <T> T withScorers(Path model, Fit<T> fit) throws IOException {
        List<OnnxWindowScorer> scorers = new ArrayList<>();
        try {
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                scorers.add(new OnnxWindowScorer(model, ScoringOptions.cpu(1)));
            }
            return fit.with(scorers);
        } catch (ScoringException e) {
            throw new IOException("Could not score the reads to fit on: " + e.getMessage(), e);
        } finally {
            scorers.forEach(OnnxWindowScorer::close);
        }
    }

    private static BundleProfile profile(ModelContract contract, OnnxWindowScorer scorer, List<ProfileFit.Sample> reads)
            throws IOException {
        try {
            return ProfileFit.fit(contract, scorer, reads, DriftThresholds.DRAWN_WINDOWS);
        } catch (ScoringException e) {
            throw new IOException("Could not score the reads of the profile: " + e.getMessage(), e);
        }
    }

    private static byte[] graph(Classifier classifier, Request request) {
        Map<String, ActivationRange> ranges = request.precision() == Precision.INT8 ? calibrate(classifier) : Map.of();
        return new EncoderGraph(classifier.weights(), classifier.sizes(), request.style(), request.precision(), ranges)
                .toBytes(Map.of(
                        "model", request.name(),
                        "version", request.version(),
                        "precision", request.precision().toString()));
    }

    /** On the golden reads, which are real, and on windows that are not. */
    private static Map<String, ActivationRange> calibrate(Classifier classifier) {
        List<TokenBatch> windows =
                new ArrayList<>(new RandomWindows(classifier.contract(), CALIBRATION_SEED).varied(CALIBRATION_WINDOWS));
        classifier.golden().forEach(read -> windows.add(read.batch(classifier.contract())));
        return Calibration.of(classifier.weights(), classifier.sizes(), windows);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
