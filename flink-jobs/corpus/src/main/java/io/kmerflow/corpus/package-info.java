/** What the topics give to training: the options and the job that makes a corpus of them; formats and files lie below. */
package io.kmerflow.corpus;
