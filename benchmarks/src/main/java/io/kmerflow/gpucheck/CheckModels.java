package io.kmerflow.gpucheck;

import com.fasterxml.jackson.core.type.TypeReference;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.bundle.ModelBundle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The models of a check, in a folder: bundles {@code bundled} and {@code base}, and {@code long}, which has the bundled model's
 * shape, random weights and more positions, and is no bundle; each in fp32, and beside it in fp16.
 *
 * @param folder that holds them
 * @param shapes by name, without the precision
 */
public record CheckModels(Path folder, Map<String, Shape> shapes) {
    /** Names in the order in which they are measured. */
    public static final String BUNDLED = "bundled";

    public static final String LONG = "long";
    public static final String BASE = "base";
    private static final String FP16 = "-fp16";
    private static final String SHAPES = "shapes.json";

    /** Sizes of an encoder. */
    public record Shape(int layers, int hidden, int feedForward, int heads, int vocabulary, int maxPositions) {
        Roofline roofline() {
            return new Roofline(layers, hidden, feedForward, heads);
        }
    }

    /** Reads what {@link #write} wrote. */
    public static CheckModels read(Path folder) throws IOException {
        return new CheckModels(
                folder,
                JsonMappers.COMPACT.readValue(
                        folder.resolve(SHAPES).toFile(), new TypeReference<LinkedHashMap<String, Shape>>() {}));
    }

    /** Writes the shapes beside the models. */
    public void write() throws IOException {
        JsonMappers.COMPACT.writeValue(folder.resolve(SHAPES).toFile(), shapes);
    }

    /** Folder of a model. */
    public Path of(String name, boolean fp16) {
        return folder.resolve(fp16 ? name + FP16 : name);
    }

    /** Graph of a model. */
    public Path graph(String name, boolean fp16) {
        return of(name, fp16).resolve("model.onnx");
    }

    ModelBundle bundle(String name, boolean fp16) {
        return ModelBundle.read(of(name, fp16));
    }
}
