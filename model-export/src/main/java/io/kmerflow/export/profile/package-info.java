/** What the reads look like that a model was made for, measured with the exported model. */
package io.kmerflow.export.profile;
