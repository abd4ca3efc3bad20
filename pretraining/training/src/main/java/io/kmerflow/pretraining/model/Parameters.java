package io.kmerflow.pretraining.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The parameters of one forward pass: views of the flat vector, alive as long as the vector's manager. */
public final class Parameters {
    private final Map<String, NDArray> views = new HashMap<>();

    /**
     * @param layout of the vector
     * @param flat float32, shape (layout.size()); with a gradient if this pass is followed by a backward pass
     */
    public Parameters(ParameterLayout layout, NDArray flat) {
        List<ParameterLayout.Group> groups = layout.groups();
        long[] borders = new long[groups.size() - 1];
        for (int i = 0; i < borders.length; i++) {
            borders[i] = groups.get(i + 1).offset();
        }
        // One split: its backward pass is one concatenation, where a slice each would cost a full-size gradient each.
        NDList parts = flat.split(borders);
        for (int i = 0; i < groups.size(); i++) {
            ParameterLayout.Group group = groups.get(i);
            NDArray part = parts.get(i);
            views.put(group.name(), group.shape().length == 1 ? part : part.reshape(new Shape(group.shape())));
        }
    }

    /** A parameter, or a group of them stacked along the first axis. */
    NDArray get(String name) {
        NDArray view = views.get(name);
        if (view == null) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a parameter of this model, got '%s'", name));
        }
        return view;
    }
}
