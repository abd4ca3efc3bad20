/** Fine-tuning: classifiers from labelled genomes or labelled sequences. */
package io.kmerflow.pretraining.finetune;
