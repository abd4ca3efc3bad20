package io.kmerflow.cli.live;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers for names, from 0 in the order they come; names beyond a limit share one. */
final class BoundedNames {
    private final int limit;
    private final String rest;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    /**
     * @param limit most names with a number of their own
     * @param rest name of the number that all further ones share
     */
    BoundedNames(int limit, String rest) {
        this.limit = limit;
        this.rest = rest;
    }

    int numberOf(String name) {
        Integer known = numbers.get(name);
        if (known != null) {
            return known;
        }
        if (names.size() > limit) {
            return limit;
        }
        String kept = names.size() == limit ? rest : name;
        names.add(kept);
        numbers.put(kept, names.size() - 1);
        return names.size() - 1;
    }

    String name(int number) {
        return names.get(number);
    }

    int size() {
        return names.size();
    }
}
