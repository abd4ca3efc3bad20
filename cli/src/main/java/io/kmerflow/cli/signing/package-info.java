/** Keys that sign model bundles, and signatures of bundles. */
package io.kmerflow.cli.signing;
