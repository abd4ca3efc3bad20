/** Topics read record by record, for people: from the start, the end or a time. Nothing about what is shown of them. */
package io.kmerflow.cli.topic;
