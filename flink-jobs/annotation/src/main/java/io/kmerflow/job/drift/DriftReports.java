package io.kmerflow.job.drift;

import io.kmerflow.job.types.RecordTypeInfo;
import io.kmerflow.schema.DriftReport;
import org.apache.flink.util.OutputTag;

/** Where the scoring operator puts its reports. */
public final class DriftReports {
    /** Side output of the scoring operator. */
    public static final OutputTag<DriftReport> OUTPUT =
            new OutputTag<>("drift", new RecordTypeInfo<>(DriftReport.class));

    private DriftReports() {}
}
