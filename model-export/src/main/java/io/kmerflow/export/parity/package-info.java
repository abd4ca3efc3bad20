/** PyTorch's logits against ONNX Runtime's, on the same tokens. */
package io.kmerflow.export.parity;
