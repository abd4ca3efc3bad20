package io.kmerflow.job.model;

import java.io.Serializable;
import java.util.ArrayList;

/**
 * Labels that come and go with a model.
 *
 * @param added in alphabetical order
 * @param removed in alphabetical order
 */
public record LabelChange(ArrayList<String> added, ArrayList<String> removed) implements Serializable {
    /** The same labels. */
    static final LabelChange NONE = new LabelChange(new ArrayList<>(), new ArrayList<>());
}
