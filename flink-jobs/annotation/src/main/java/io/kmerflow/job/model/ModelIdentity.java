package io.kmerflow.job.model;

import io.kmerflow.contract.ModelContract;

/**
 * Which model scores.
 *
 * @param name of the model
 * @param version of the model
 * @param precision arithmetic of the graph: fp32, fp16 or int8
 * @param digest of the bundle, {@code sha256:} and 64 hex digits
 * @param contract what it needs and how its logits become calls
 */
public record ModelIdentity(String name, String version, String precision, String digest, ModelContract contract) {}
