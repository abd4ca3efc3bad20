/** Finding the two mates of a fragment among reads by name, and counting them. What a name says is the reader's matter. */
package io.kmerflow.files.mates;
