package io.kmerflow.schema.registry;

/** A registry that cannot be used, or that does not take a schema; the message is one sentence. */
public final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RegistryException(String message) {
        super(message);
    }

    RegistryException(String message, Throwable cause) {
        super(message, cause);
    }
}
