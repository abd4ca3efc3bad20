package io.kmerflow.files.read;

import java.io.IOException;
import java.util.Locale;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/** A file that cannot be read as the options say; reading it again would change nothing, so the job does not restart. */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class RefusedInputException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param file as given
     * @param cause says in a sentence why
     */
    public RefusedInputException(String file, IOException cause) {
        super(String.format(Locale.ROOT, "%s (in %s)", cause.getMessage(), file), cause);
    }
}
