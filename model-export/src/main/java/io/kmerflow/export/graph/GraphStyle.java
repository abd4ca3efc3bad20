package io.kmerflow.export.graph;

/** Which operators a graph is made of. */
public enum GraphStyle {
    /** ONNX Runtime's fused transformer operators (com.microsoft): the faster one on ONNX Runtime. */
    FUSED,
    /** Operators of the ONNX standard only: runs on any runtime. */
    STANDARD
}
