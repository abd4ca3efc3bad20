/** Raw records become reads; those that cannot be decoded become dead letters. */
package io.kmerflow.job.decode;
