/** Records of the topics as rows of tables, both ways. Nothing about scoring. */
package io.kmerflow.sql.format;
