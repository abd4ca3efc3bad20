package io.kmerflow.pretraining.corpus;

/** Training data that cannot be used as it is. The message names the file and, where there is one, the line. */
public final class CorpusException extends RuntimeException {
    public CorpusException(String message) {
        super(message);
    }

    public CorpusException(String message, Throwable cause) {
        super(message, cause);
    }
}
