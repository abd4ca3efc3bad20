/** ONNX graphs written from trained weights; operators, arities and attributes are checked while building. */
package io.kmerflow.export.graph;
