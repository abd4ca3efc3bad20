package io.kmerflow.cases;

import java.nio.file.Path;

/**
 * What a command did.
 *
 * @param exitCode of the command
 * @param out its standard output, as UTF-8
 * @param err its standard error, as UTF-8
 * @param folder where it ran and wrote
 */
record CommandResult(int exitCode, String out, String err, Path folder) {}
