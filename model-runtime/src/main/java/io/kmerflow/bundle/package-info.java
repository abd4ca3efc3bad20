/** The model bundle: what a model is made of on disk, its digest, and the check of its golden reads. */
package io.kmerflow.bundle;
