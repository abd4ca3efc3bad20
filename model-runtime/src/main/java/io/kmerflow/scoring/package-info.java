/** The one scorer that job, export gate and benchmarks share: DJL on ONNX Runtime, one owner thread per device. */
package io.kmerflow.scoring;
