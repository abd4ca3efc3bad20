/** Pages and charts of every report: HTML and SVG that load nothing from anywhere. What a report says is in its own package. */
package io.kmerflow.pretraining.report;
