/** What is in a file of reads and whether it can be used: verdict, errors with their places, lengths, qualities, headers. */
package io.kmerflow.sequence.inspect;
