package io.kmerflow.cli.base;

/** The one sentence of an error that is shown to a user. */
public final class ErrorMessage {
    private ErrorMessage() {}

    /** The message of the error that says most to a user: the deepest cause that has one of our own types, else the root. */
    public static String of(Throwable error) {
        Throwable said = error;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                said = cause;
            }
            if (cause.getClass().getName().startsWith("io.kmerflow.")) {
                said = cause;
                break;
            }
        }
        return said.getMessage() == null ? said.toString() : said.getMessage();
    }
}
