/** The training loop, its optimizer and its schedule. */
package io.kmerflow.pretraining.trainer;
