/** Files of reads in every format that is read, as items with their place, and as records for the topic of reads. */
package io.kmerflow.files.read;
