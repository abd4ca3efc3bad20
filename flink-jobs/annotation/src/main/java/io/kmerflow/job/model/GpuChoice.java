package io.kmerflow.job.model;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * On which device a subtask scores. {@code gpu} and {@code auto} leave the choice open: where Flink's external resources give
 * GPUs to the task, subtasks take them in turn. {@code cpu} and {@code gpu:N} are said for a reason and stand.
 *
 * @param option {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}
 * @param given indexes of the GPUs given, ascending; empty if none are
 */
public record GpuChoice(String option, List<Integer> given) implements Serializable {
    /** Name of the resource, as in Flink's {@code external-resources: gpu}. */
    public static final String RESOURCE = "gpu";
    /** Property of a resource that holds the device's index, as Flink's GPU plugin names it. */
    public static final String INDEX = "index";

    public GpuChoice {
        given = List.copyOf(given);
    }

    /**
     * The same option with these GPUs.
     *
     * @throws IllegalArgumentException if an index is no number
     */
    GpuChoice among(Set<String> indexes) {
        try {
            return new GpuChoice(
                    option, indexes.stream().map(Integer::valueOf).sorted().toList());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "Expected indexes of GPUs from Flink's external resource '%s', got %s",
                            RESOURCE,
                            indexes),
                    e);
        }
    }

    /** {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N} for that subtask. */
    String of(int subtask) {
        boolean open = option.equals("gpu") || option.equals("auto");
        return open && !given.isEmpty() ? "gpu:" + given.get(subtask % given.size()) : option;
    }
}
