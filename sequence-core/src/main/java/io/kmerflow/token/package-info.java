/** The DNABERT k-mer vocabulary, the tokenizer and the token batch; shared by training and serving. */
package io.kmerflow.token;
