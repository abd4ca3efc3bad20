/** What every command needs: exit codes, error messages, the terminal, the temporary folder, where files of the product lie. */
package io.kmerflow.cli.base;
