package io.kmerflow.job.annotate;

/** How annotations are written to their topic. */
public enum AnnotationFormat {
    /** Avro, single-object encoding. */
    AVRO(1, Float.BYTES),
    /** Avro with the id of its schema in a registry before it, as Confluent's serializers write it. */
    CONFLUENT(1, Float.BYTES),
    /** One JSON object, as in JSON Lines: {@code 1.17549435E-38,} has 15 characters. */
    JSON(8, 15);

    private final int expansion;
    private final int scoreBytes;

    AnnotationFormat(int expansion, int scoreBytes) {
        this.expansion = expansion;
        this.scoreBytes = scoreBytes;
    }

    /**
     * No less than the size of an annotation.
     *
     * @param avroBytes no less than its size as Avro, without scores of windows
     * @param windowScores number of scores of windows
     */
    long bound(long avroBytes, long windowScores) {
        return avroBytes * expansion + windowScores * scoreBytes;
    }
}
