/** Puts kmerflow and all it needs into one archive, for machines that have nothing. */
package io.kmerflow.cli.packaging;
