/** Runs the kmerflow command on folders of input and compares what it does with a table of what is right. Knows the command from outside only. */
package io.kmerflow.cases;
