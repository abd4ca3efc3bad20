/** Fits when the scoring of a read may end early: scores held-out reads in full, then replays the scoring rule on them. */
package io.kmerflow.export.certainty;
