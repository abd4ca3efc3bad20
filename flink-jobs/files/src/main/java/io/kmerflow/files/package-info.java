/** Jobs on files: annotation from file to file, and files onto the topic of reads. The annotation itself is not in here. */
package io.kmerflow.files;
