package io.kmerflow.sql.model;

import io.kmerflow.job.model.BundleSessionFactory;
import org.apache.flink.table.functions.AsyncPredictFunction;
import org.apache.flink.table.ml.AsyncPredictRuntimeProvider;
import org.apache.flink.table.ml.ModelProvider;

/**
 * A bundle as a model of SQL.
 *
 * @param bundle opened where the query runs
 * @param columns of its input and output
 */
record BundleModel(BundleSessionFactory bundle, ModelColumns columns) implements AsyncPredictRuntimeProvider {
    @Override
    public AsyncPredictFunction createAsyncPredictFunction(Context context) {
        return new PredictFunction(bundle, columns);
    }

    @Override
    public ModelProvider copy() {
        return this; // a value
    }
}
