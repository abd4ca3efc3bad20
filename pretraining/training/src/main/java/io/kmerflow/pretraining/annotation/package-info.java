/**
 * Where the genes of annotated genomes lie: GenBank, EMBL and GFF3 files, what each base of a sequence is, and windows labelled by
 * it. Genomes without annotation are in {@code corpus}.
 */
package io.kmerflow.pretraining.annotation;
