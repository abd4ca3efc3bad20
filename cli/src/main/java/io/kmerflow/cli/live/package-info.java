/**
 * The live page of a run: what the topics say, counted in memory of fixed size, and the web server that shows it. No base and no name
 * of a read is in it, and nothing here writes to a topic.
 */
package io.kmerflow.cli.live;
