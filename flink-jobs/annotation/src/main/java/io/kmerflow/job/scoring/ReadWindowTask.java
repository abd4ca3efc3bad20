package io.kmerflow.job.scoring;

/**
 * One window to score.
 *
 * @param entry its read's place in the queue
 * @param window its index within the read
 */
record ReadWindowTask(ReadQueue.Entry<ReadInFlight> entry, int window) {
    ReadInFlight read() {
        return entry.read();
    }
}
