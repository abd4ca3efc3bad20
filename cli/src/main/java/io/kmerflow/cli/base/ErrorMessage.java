package io.kmerflow.cli.base;

import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

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
            if (isOurs(cause)) {
                said = cause;
                break;
            }
        }
        if (said instanceof FileSystemException file) {
            return ofFile(file);
        }
        return said.getMessage() == null ? said.toString() : said.getMessage();
    }

    /** A sentence of this project, whatever type carries it: what it was made of says less. */
    private static boolean isOurs(Throwable error) {
        return error.getClass().getName().startsWith("io.kmerflow.")
                || error.getMessage() != null && error.getMessage().startsWith("Expected ");
    }

    /** Of most of these errors the message is the file's name alone. */
    private static String ofFile(FileSystemException error) {
        String file = error.getFile();
        if (error instanceof NoSuchFileException) {
            return String.format(Locale.ROOT, "Expected to use %s, there is no such file or folder", file);
        }
        if (error instanceof AccessDeniedException) {
            return String.format(Locale.ROOT, "Expected permission to use %s, got none", file);
        }
        if (error instanceof FileAlreadyExistsException) {
            return String.format(Locale.ROOT, "Expected no file at %s, there is one", file);
        }
        if (error instanceof NotDirectoryException) {
            return String.format(Locale.ROOT, "Expected a folder at %s, got a file", file);
        }
        if (error instanceof DirectoryNotEmptyException) {
            return String.format(Locale.ROOT, "Expected an empty folder at %s, got one with files", file);
        }
        return String.format(
                Locale.ROOT,
                "Expected to use %s, got: %s",
                file,
                error.getReason() == null ? error : error.getReason());
    }
}
