/** The study: small arms trained alike, measured alike, and the report about them. */
package io.kmerflow.pretraining.study;
