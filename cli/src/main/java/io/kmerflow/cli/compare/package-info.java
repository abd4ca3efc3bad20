/** What two models call the same reads, side by side: annotations of files and topics joined by read, and counted; nothing about how they are printed on a command line. */
package io.kmerflow.cli.compare;
