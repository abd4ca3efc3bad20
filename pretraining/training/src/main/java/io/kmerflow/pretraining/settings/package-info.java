/** Settings of runs: how their keys are declared, read from YAML, changed and documented. The settings themselves are where they are used. */
package io.kmerflow.pretraining.settings;
