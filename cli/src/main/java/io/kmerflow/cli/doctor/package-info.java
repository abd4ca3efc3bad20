/** What this machine has and lacks for the product. */
package io.kmerflow.cli.doctor;
