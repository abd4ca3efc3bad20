/** What people and programs say a read is: tables, JSON Lines and alignments as labels of reads; nothing about topics. */
package io.kmerflow.corpus.label;
