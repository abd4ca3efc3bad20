/** Kills the processes of a running job and counts afterwards what became of every read. */
package io.kmerflow.chaos;
