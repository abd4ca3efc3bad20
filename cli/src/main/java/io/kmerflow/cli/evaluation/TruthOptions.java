package io.kmerflow.cli.evaluation;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where reads really come from, and which places training never saw. */
final class TruthOptions {
    @Option(
            names = "--truth",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Tables of true origins, plain or .gz: columns read, source, sequence, optionally mate, and"
                    + " position (1-based) with cigar, or start and end (0-based, half-open).")
    private List<Path> files;

    @Option(names = "--held-out", paramLabel = "FILE", description = "held-out.tsv of the model (default: none).")
    private Path heldOut;

    @Option(
            names = "--source",
            paramLabel = "SOURCE=LABEL",
            description =
                    "Label of a source, for example ecoli='Escherichia coli'; repeat for each (default: same name).")
    private Map<String, String> labels = new HashMap<>();

    List<Path> files() {
        return files;
    }

    Map<TrueOrigin.Key, TrueOrigin> origins() {
        Map<TrueOrigin.Key, TrueOrigin> origins = new HashMap<>();
        files.forEach(file -> origins.putAll(TrueOrigin.readTable(file)));
        return origins;
    }

    /** The held-out blocks, or null if none were given. */
    HeldOutBlocks heldOut() {
        return heldOut == null ? null : HeldOutBlocks.read(heldOut);
    }

    String label(TrueOrigin origin) {
        return labels.getOrDefault(origin.source(), origin.source());
    }
}
