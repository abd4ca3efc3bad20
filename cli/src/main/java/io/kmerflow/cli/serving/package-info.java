/** Commands around the annotation job: quickstart, annotate, ingest, serve, tail, bench. */
package io.kmerflow.cli.serving;
