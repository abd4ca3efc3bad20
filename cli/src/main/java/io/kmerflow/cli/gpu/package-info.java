/** The check of a GPU, or of this machine without one: its steps, their processes and their report. */
package io.kmerflow.cli.gpu;
