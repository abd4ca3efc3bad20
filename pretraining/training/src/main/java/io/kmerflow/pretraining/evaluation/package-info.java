/** How good predictions are: metrics, calibration, and a control model that counts k-mers. */
package io.kmerflow.pretraining.evaluation;
