/** Functions of bases and qualities for SQL. NULL, or text that is no bases or qualities, gives NULL. */
package io.kmerflow.sql.function;
