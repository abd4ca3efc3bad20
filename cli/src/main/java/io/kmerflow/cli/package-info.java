/** The kmerflow command: reads options, wires the modules, prints results; exit codes 0, 1, 2 and 3. */
package io.kmerflow.cli;
