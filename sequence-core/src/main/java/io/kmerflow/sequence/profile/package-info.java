/** What reads look like as a whole, and whether later ones look otherwise: profiles, divergences, thresholds; nothing about where reads come from. */
package io.kmerflow.sequence.profile;
