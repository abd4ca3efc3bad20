package io.kmerflow.cli.compare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.cli.base.Json;
import io.kmerflow.cli.compare.Comparison.Cell;
import io.kmerflow.cli.compare.Comparison.Example;
import io.kmerflow.cli.compare.Comparison.Matrix;
import io.kmerflow.sequence.identity.ReadIdentity;

/** A comparison as one JSON object; everything that {@link ComparisonText} prints, and the matrix of every sample. */
public final class ComparisonJson {
    private ComparisonJson() {}

    /** The object. */
    public static ObjectNode of(AnnotationSide a, AnnotationSide b, Comparison comparison) {
        ObjectNode tree = Json.MAPPER.createObjectNode();
        side(tree.putObject("a"), a);
        side(tree.putObject("b"), b);
        tree.put("onlyA", comparison.onlyA());
        tree.put("onlyB", comparison.onlyB());
        tree.put("ofOtherLength", comparison.ofOtherLength());
        matrix(tree, comparison.all(), comparison);
        ArrayNode samples = tree.putArray("samples");
        comparison.bySample().forEach((name, matrix) -> {
            ObjectNode sample = samples.addObject();
            sample.put("sample", name.equals(Comparison.NO_SAMPLE) ? null : name);
            matrix(sample, matrix, null);
        });
        return tree;
    }

    private static void side(ObjectNode node, AnnotationSide side) {
        node.put("name", side.name());
        node.put("annotations", side.annotations());
        node.put("ofOtherModels", side.otherModels());
        node.put("leftOut", side.undecodable());
        ObjectNode models = node.putObject("models");
        side.byModel().forEach(models::put);
    }

    private static void matrix(ObjectNode node, Matrix matrix, Comparison withExamples) {
        node.put("reads", matrix.reads());
        node.put("same", matrix.same());
        node.put("sameShare", matrix.sameShare());
        ArrayNode cells = node.putArray("matrix");
        for (Cell cell : matrix.cells()) {
            ObjectNode one = cells.addObject();
            one.put("a", cell.a());
            one.put("b", cell.b());
            one.put("reads", cell.reads());
            if (withExamples != null && !cell.a().equals(cell.b())) {
                ArrayNode examples = one.putArray("examples");
                withExamples.examples(cell.a(), cell.b()).forEach(example -> example(examples.addObject(), example));
            }
        }
    }

    private static void example(ObjectNode node, Example example) {
        ReadIdentity read = ReadIdentity.of(example.read().key());
        node.put("readId", read.readId());
        node.put("mate", read.mate());
        node.put("runId", read.runId());
        node.put("sample", example.read().sample());
        node.put("readLength", example.read().bases());
        node.put("scoreA", Float.isNaN(example.scoreA()) ? null : (Float) example.scoreA());
        node.put("scoreB", Float.isNaN(example.scoreB()) ? null : (Float) example.scoreB());
    }
}
