/** The steps of gpu-check: what a device does with the models, each measured in a process of its own. */
package io.kmerflow.gpucheck;
