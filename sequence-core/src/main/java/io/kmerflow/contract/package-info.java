/** What a model needs to be fed, and how its window logits become calls on a read. */
package io.kmerflow.contract;
