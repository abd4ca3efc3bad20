/** Annotations of reads whose origin is known, compared with it. */
package io.kmerflow.cli.evaluation;
