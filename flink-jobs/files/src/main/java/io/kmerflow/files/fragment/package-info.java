/** One call of both mates of a fragment. */
package io.kmerflow.files.fragment;
