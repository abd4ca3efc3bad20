package io.kmerflow.corpus.label;

import io.kmerflow.schema.ReadLabel;

/** A format of one label a line. Told the lines of a file in order. One thread. */
interface LabelLines {
    /** Takes what a line says. */
    interface Target {
        /** A label. */
        void label(ReadLabel label);

        /** A line that says nothing of its read, for a reason in words. */
        void pass(String reason);
    }

    /**
     * The next line.
     *
     * @throws MalformedLabelException if it is none of the format
     */
    void line(String line, Target target) throws MalformedLabelException;

    /** The end of the file. */
    default void end(Target target) throws MalformedLabelException {}
}
