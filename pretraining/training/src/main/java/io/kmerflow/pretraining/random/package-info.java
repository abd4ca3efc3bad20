/** Random numbers that depend on nothing but a seed, a purpose and a step. */
package io.kmerflow.pretraining.random;
