/**
 * The closed loop: reads of the stream become the next model, step by step, with a journal. Rules of gate and guard are plain
 * classes; training and Flink run in processes of their own.
 */
package io.kmerflow.cli.retrain;
