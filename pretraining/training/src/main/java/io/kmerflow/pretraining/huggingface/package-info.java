/** Models as Hugging Face transformers stores them: {@code model.safetensors} and {@code config.json} of a BERT. */
package io.kmerflow.pretraining.huggingface;
