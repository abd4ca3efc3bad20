/** Whether the reads of a run still look like those that the model was made for. */
package io.kmerflow.job.drift;
