package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.token.SpecialToken;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The word embeddings of up to 512 k-mers on a plane, and how often their 10 nearest neighbours share the two middle bases.
 *
 * @param agreement part of the neighbours that share them, 0 to 1
 * @param chance that part for embeddings without order
 * @param pca places by principal components
 * @param tsne places by t-SNE
 */
record KmerMap(double agreement, double chance, List<Place> pca, List<Place> tsne) {
    private static final int MOST = 512;
    private static final int NEIGHBOURS = 10;

    /**
     * A k-mer on a plane.
     *
     * @param x across
     * @param y up
     * @param middle its two middle bases, 0 to 15
     */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    record Place(double x, double y, int middle) {}

    static KmerMap of(EncoderModel model) {
        Tensor words = model.layout().tensors(model.values()).get("bert.embeddings.word_embeddings.weight");
        int k = model.layout().encoder().k();
        int hidden = (int) words.shape()[1];
        int[] codes = new int[(int) words.shape()[0] - SpecialToken.COUNT];
        Arrays.setAll(codes, i -> i);
        Xoshiro256.of(1).shuffle(codes);
        codes = Arrays.copyOf(codes, Math.min(MOST, codes.length));
        double[][] x = new double[codes.length][hidden];
        int[] classes = new int[codes.length];
        for (int i = 0; i < codes.length; i++) {
            for (int h = 0; h < hidden; h++) {
                x[i][h] = words.data()[(codes[i] + SpecialToken.COUNT) * hidden + h];
            }
            classes[i] = codes[i] >> 2 * ((k - 2) / 2) & 15;
        }
        double[][] squared = EmbeddingMap.distances(x);
        double chance = 0;
        for (int c = 0; c < 16; c++) {
            int of = c;
            double n = Arrays.stream(classes).filter(v -> v == of).count();
            chance += n * (n - 1) / codes.length / (codes.length - 1);
        }
        return new KmerMap(
                EmbeddingMap.neighbourAgreement(squared, classes, NEIGHBOURS),
                chance,
                places(EmbeddingMap.principal(x), classes),
                places(EmbeddingMap.tsne(squared, 30, 1), classes));
    }

    private static List<Place> places(double[][] at, int[] classes) {
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < at.length; i++) {
            places.add(new Place(at[i][0], at[i][1], classes[i]));
        }
        return places;
    }
}
