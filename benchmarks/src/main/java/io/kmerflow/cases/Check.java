package io.kmerflow.cases;

import java.util.List;

/**
 * Commands that run one after the other in a folder of their own, and what must be true after each.
 *
 * @param caseName folder of the input
 * @param title what is checked
 * @param line where the check begins in the table, from 1
 * @param later why a wrong result is expected today, or null
 * @param steps in order, at least one
 */
record Check(String caseName, String title, int line, String later, List<Step> steps) {
    /**
     * One command.
     *
     * @param command for bash; {@code $IN} is the folder of the case
     * @param answers each right by itself, at least one: what is expected in the order of the table, the exit code first
     */
    record Step(String command, List<List<Expectation>> answers) {}
}
