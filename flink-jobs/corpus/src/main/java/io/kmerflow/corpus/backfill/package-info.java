/** A range of the reads topic annotated again, beside the job that serves: the job, and the folder that it continues from; nothing about what becomes of the annotations. */
package io.kmerflow.corpus.backfill;
