/** DNABERT's encoder and its heads in PyTorch, on one flat parameter vector with Hugging Face names. */
package io.kmerflow.pretraining.model;
