/** Training runs: their configuration files, what they read and what they write. */
package io.kmerflow.pretraining;
