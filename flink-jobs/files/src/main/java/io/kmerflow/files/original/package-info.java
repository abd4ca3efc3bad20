/** A second pass over the input files, beside the calls the job made: outputs that need the records as they were. */
package io.kmerflow.files.original;
