/** Measurements: JMH kernels, the raw ONNX Runtime loop and the end-to-end harness that is compared with it. */
package io.kmerflow.benchmark;
