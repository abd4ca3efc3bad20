package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.token.SpecialToken;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The word embeddings of up to 512 k-mers on a plane, and how often their 10 nearest neighbours share the two middle bases. */
final class KmerMap {
    private static final int MOST = 512;
    private static final int NEIGHBOURS = 10;

    private KmerMap() {}

    static Map<String, Object> of(EncoderModel model) {
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
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("agreement", EmbeddingMap.neighbourAgreement(squared, classes, NEIGHBOURS));
        map.put("chance", chance);
        map.put("pca", points(EmbeddingMap.principal(x), classes));
        map.put("tsne", points(EmbeddingMap.tsne(squared, 30, 1), classes));
        return map;
    }

    private static List<double[]> points(double[][] at, int[] classes) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < at.length; i++) {
            points.add(new double[] {at[i][0], at[i][1], classes[i]});
        }
        return points;
    }
}
