/** The GUE benchmark: its sets, how each is fine-tuned, and what comes out beside the controls and the published figures. */
package io.kmerflow.pretraining.gue;
