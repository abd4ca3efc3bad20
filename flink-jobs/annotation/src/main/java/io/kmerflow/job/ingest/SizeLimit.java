package io.kmerflow.job.ingest;

import java.io.Serializable;

/** How large a record its topic takes; travels with the job. Used by one thread once it is there. */
@FunctionalInterface
public interface SizeLimit extends Serializable {
    /** What is wrong with the size of an encoded read in one sentence, or null if it fits. */
    String excess(RawRecord read);
}
