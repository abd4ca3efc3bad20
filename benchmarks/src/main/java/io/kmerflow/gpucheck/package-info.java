/** The steps of gpu-check. Each measures one thing about a device, in its own process. */
package io.kmerflow.gpucheck;
