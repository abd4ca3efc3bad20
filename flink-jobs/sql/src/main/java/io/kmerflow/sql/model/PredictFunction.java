package io.kmerflow.sql.model;

import io.kmerflow.job.JobOptions;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.job.scoring.FeedLimits;
import io.kmerflow.job.scoring.ReadScorer;
import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.PhredQualities;
import io.kmerflow.sequence.Read;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncPredictFunction;
import org.apache.flink.table.functions.FunctionContext;

/**
 * Scores the bases of rows; rows that are asked for at the same time share model calls. NULL and what are no bases give NULLs. Public for the
 * code that Flink generates.
 */
public final class PredictFunction extends AsyncPredictFunction {
    private final SessionFactory sessions;
    private final ModelColumns columns;
    private transient ReadScorer scorer;

    PredictFunction(SessionFactory sessions, ModelColumns columns) {
        this.sessions = sessions;
        this.columns = columns;
    }

    @Override
    public void open(FunctionContext context) throws Exception {
        FeedLimits feed = new FeedLimits(
                JobOptions.MAX_BATCH_TOKENS.defaultValue(),
                JobOptions.MAX_BATCH_WINDOWS.defaultValue(),
                null,
                JobOptions.MAX_WINDOWS_IN_FLIGHT.defaultValue());
        scorer = ReadScorer.open(sessions, feed, context.getTaskInfo().getIndexOfThisSubtask());
    }

    @Override
    public CompletableFuture<Collection<RowData>> asyncPredict(RowData input) {
        DecodedRead read = read(input);
        return read == null
                ? CompletableFuture.completedFuture(List.of(columns.row(null)))
                : scorer.score(read).thenApply(annotation -> List.of(columns.row(annotation)));
    }

    /** The read of a row, or null if it has none. */
    private DecodedRead read(RowData input) {
        if (input.isNullAt(0)) {
            return null;
        }
        try {
            byte[] bases = input.getString(0).toBytes();
            byte[] qualities = columns.hasQualities() && !input.isNullAt(1)
                    ? PhredQualities.fromPhred33(input.getString(1).toBytes())
                    : null;
            return DecodedRead.of(new Read("row", 0, "query", null, false, bases, qualities), null, new Origin());
        } catch (MalformedReadException e) {
            return null;
        }
    }

    @Override
    public void close() {
        if (scorer != null) {
            scorer.close();
        }
    }
}
