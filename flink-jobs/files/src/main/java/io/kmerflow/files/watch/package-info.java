/** Reads of a run folder onto the reads topic while the sequencer still writes it, each record once across restarts. */
package io.kmerflow.files.watch;
