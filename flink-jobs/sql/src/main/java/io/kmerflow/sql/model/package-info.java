/** Model bundles for {@code CREATE MODEL} and {@code ML_PREDICT}. Nothing about topics. */
package io.kmerflow.sql.model;
