package io.kmerflow.pretraining.corpus;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A genome in a plain file of one byte per base, contig after contig, read piece by piece: only one contig is in memory,
 * once, while the FASTA is unpacked. Safe for several threads: reads name their place.
 */
public final class DiskGenome implements Genome, Closeable {
    private final String name;
    private final List<Contig> contigs;
    private final long[] starts;
    private final FileChannel file;

    private DiskGenome(String name, List<Contig> contigs, Path bases) throws IOException {
        this.name = name;
        this.contigs = List.copyOf(contigs);
        this.starts = new long[contigs.size()];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = starts[i - 1] + contigs.get(i - 1).length();
        }
        this.file = FileChannel.open(bases, StandardOpenOption.READ);
    }

    /**
     * Unpacks a FASTA file, plain or gzip, and opens the result.
     *
     * @param bases file to write, one byte per base of the genome; replaced if it exists
     * @throws CorpusException if it is not FASTA, holds no sequence, or the file cannot be written
     */
    public static DiskGenome unpack(String name, Path fasta, Path bases) {
        List<Contig> contigs = new ArrayList<>();
        Path partial = bases.resolveSibling(bases.getFileName() + ".partial");
        try {
            Files.createDirectories(bases.toAbsolutePath().getParent());
            try (FastaSequences reader = new FastaSequences(fasta);
                    OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16)) {
                for (FastaSequences.Sequence s = reader.next(); s != null; s = reader.next()) {
                    contigs.add(new Contig(s.name(), s.bases().length));
                    out.write(s.bases());
                }
            }
            if (contigs.isEmpty()) {
                throw new CorpusException("Expected at least one sequence, got none in " + fasta);
            }
            Files.move(partial, bases, StandardCopyOption.REPLACE_EXISTING);
            return new DiskGenome(name, contigs, bases);
        } catch (IOException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected to unpack %s to %s, got %s", fasta, bases, e), e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Contig> contigs() {
        return contigs;
    }

    @Override
    public byte[] bases(int contig, int start, int end) {
        if (start < 0 || end < start || end > contigs.get(contig).length()) {
            throw new IndexOutOfBoundsException(String.format(
                    Locale.ROOT, "Expected a range in %s, got [%d, %d)", contigs.get(contig), start, end));
        }
        ByteBuffer read = ByteBuffer.allocate(end - start);
        try {
            while (read.hasRemaining()) {
                if (file.read(read, starts[contig] + start + read.position()) < 0) {
                    throw new CorpusException(String.format(
                            Locale.ROOT, "Expected base %d of %s, got the end of its file", end, contigs.get(contig)));
                }
            }
        } catch (IOException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected bases of %s, got %s", contigs.get(contig), e), e);
        }
        return read.array();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
