package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.Arrays;
import java.util.Comparator;

/** Maps of vectors on a plane, and how well classes separate in the full space. Exact t-SNE: cost grows with n². */
final class EmbeddingMap {
    private static final int ITERATIONS = 400;
    private static final int EXAGGERATED = 100;

    private EmbeddingMap() {}

    /** Squared Euclidean distances. */
    static double[][] distances(double[][] x) {
        double[][] d = new double[x.length][x.length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < i; j++) {
                double sum = 0;
                for (int h = 0; h < x[i].length; h++) {
                    sum += (x[i][h] - x[j][h]) * (x[i][h] - x[j][h]);
                }
                d[i][j] = sum;
                d[j][i] = sum;
            }
        }
        return d;
    }

    /** Mean share of the nearest neighbours that have a vector's own class. */
    static double neighbourAgreement(double[][] squared, int[] classes, int neighbours) {
        double share = 0;
        for (int i = 0; i < classes.length; i++) {
            int self = i;
            Integer[] order = new Integer[classes.length];
            Arrays.setAll(order, j -> j);
            Arrays.sort(order, Comparator.comparingDouble(j -> j == self ? -1 : squared[self][j]));
            for (int n = 1; n <= neighbours; n++) {
                share += classes[order[n]] == classes[i] ? 1 : 0;
            }
        }
        return share / classes.length / neighbours;
    }

    /** The two directions of largest variance, by power iteration. */
    static double[][] principal(double[][] x) {
        int width = x[0].length;
        double[] mean = new double[width];
        for (double[] row : x) {
            for (int j = 0; j < width; j++) {
                mean[j] += row[j] / x.length;
            }
        }
        double[][] out = new double[x.length][2];
        double[][] axes = new double[2][];
        for (int axis = 0; axis < 2; axis++) {
            Xoshiro256 random = Xoshiro256.of(axis);
            double[] v = new double[width];
            Arrays.setAll(v, j -> random.nextGaussian());
            for (int round = 0; round < 100; round++) {
                double[] next = new double[width];
                for (double[] row : x) {
                    double dot = 0;
                    for (int j = 0; j < width; j++) {
                        dot += (row[j] - mean[j]) * v[j];
                    }
                    for (int j = 0; j < width; j++) {
                        next[j] += dot * (row[j] - mean[j]);
                    }
                }
                for (int before = 0; before < axis; before++) {
                    double dot = 0;
                    for (int j = 0; j < width; j++) {
                        dot += next[j] * axes[before][j];
                    }
                    for (int j = 0; j < width; j++) {
                        next[j] -= dot * axes[before][j];
                    }
                }
                double norm = Math.sqrt(Arrays.stream(next).map(a -> a * a).sum());
                for (int j = 0; j < width; j++) {
                    v[j] = next[j] / norm;
                }
            }
            axes[axis] = v;
            for (int i = 0; i < x.length; i++) {
                for (int j = 0; j < width; j++) {
                    out[i][axis] += (x[i][j] - mean[j]) * v[j];
                }
            }
        }
        return out;
    }

    /**
     * t-SNE (van der Maaten and Hinton 2008), exact.
     *
     * @param perplexity about how many neighbours a point has, well below the number of points
     */
    static double[][] tsne(double[][] squared, double perplexity, long seed) {
        int n = squared.length;
        double[][] p = affinities(squared, perplexity);
        Xoshiro256 random = Xoshiro256.of(seed);
        double[][] y = new double[n][2];
        for (double[] row : y) {
            row[0] = 1e-4 * random.nextGaussian();
            row[1] = 1e-4 * random.nextGaussian();
        }
        double[][] speed = new double[n][2];
        double rate = Math.max(50, n / 12.0);
        double[][] q = new double[n][n];
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double total = 0;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < i; j++) {
                    double dx = y[i][0] - y[j][0];
                    double dy = y[i][1] - y[j][1];
                    q[i][j] = 1 / (1 + dx * dx + dy * dy);
                    total += 2 * q[i][j];
                }
            }
            double exaggeration = iteration < EXAGGERATED ? 12 : 1;
            double[][] gradient = new double[n][2];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < i; j++) {
                    double force = 4 * (exaggeration * p[i][j] - q[i][j] / total) * q[i][j];
                    for (int axis = 0; axis < 2; axis++) {
                        double pull = force * (y[i][axis] - y[j][axis]);
                        gradient[i][axis] += pull;
                        gradient[j][axis] -= pull;
                    }
                }
            }
            double momentum = iteration < EXAGGERATED ? 0.5 : 0.8;
            for (int i = 0; i < n; i++) {
                for (int axis = 0; axis < 2; axis++) {
                    speed[i][axis] = momentum * speed[i][axis] - rate * gradient[i][axis];
                    y[i][axis] += speed[i][axis];
                }
            }
        }
        return y;
    }

    private static double[][] affinities(double[][] squared, double perplexity) {
        int n = squared.length;
        double[][] p = new double[n][n];
        double wanted = Math.log(perplexity);
        for (int i = 0; i < n; i++) {
            double low = 0;
            double high = Double.POSITIVE_INFINITY;
            double beta = 1;
            double nearest = Double.POSITIVE_INFINITY;
            for (int j = 0; j < n; j++) {
                nearest = j == i ? nearest : Math.min(nearest, squared[i][j]);
            }
            for (int round = 0; round < 60; round++) {
                double sum = 0;
                double weighted = 0;
                for (int j = 0; j < n; j++) {
                    p[i][j] = j == i ? 0 : Math.exp(-beta * (squared[i][j] - nearest));
                    sum += p[i][j];
                    weighted += p[i][j] * (squared[i][j] - nearest);
                }
                double entropy = Math.log(sum) + beta * weighted / sum;
                for (int j = 0; j < n; j++) {
                    p[i][j] /= sum;
                }
                if (entropy > wanted) {
                    low = beta;
                    beta = Double.isInfinite(high) ? 2 * beta : (low + high) / 2;
                } else {
                    high = beta;
                    beta = (low + high) / 2;
                }
            }
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double both = (p[i][j] + p[j][i]) / (2 * n);
                p[i][j] = both;
                p[j][i] = both;
            }
        }
        return p;
    }
}
