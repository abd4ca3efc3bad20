/**
 * The one scorer that job, export gate and benchmarks share: DJL on ONNX Runtime, with one owner thread for a GPU and as many as
 * asked for a CPU, each with a session of its own.
 */
package io.kmerflow.scoring;
