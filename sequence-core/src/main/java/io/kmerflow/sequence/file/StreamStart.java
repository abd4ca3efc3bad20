package io.kmerflow.sequence.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the first bytes of an uncompressed stream show: FASTA, FASTQ, or something that is neither. */
final class StreamStart {
    /** How far it looks. */
    static final int BYTES = 1 << 14;

    private static final int TAR_MAGIC_AT = 257;
    private static final int BINARY_BYTES = 512;
    private static final double PROTEIN_SHARE = 0.1;
    private static final String PROTEIN_ONLY = "EFILPQZefilpqz";
    private static final String AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWYBZXUO*acdefghiklmnpqrstvwybzxuo";

    /** Beginnings of what people give by mistake, and what to say of it. */
    private static final Map<String, String> OTHERS = new LinkedHashMap<>();

    static {
        OTHERS.put("PK\u0003\u0004", "a zip archive: unpack it first");
        OTHERS.put("7z\u00bc\u00af", "a 7z archive: unpack it first");
        OTHERS.put("Rar!", "a RAR archive: unpack it first");
        OTHERS.put("\u0004\"M\u0018", "LZ4: decompress it first");
        OTHERS.put("\u001f\u009d", "a file of compress (.Z): decompress it first");
        OTHERS.put("\u0089HDF", "HDF5, as in fast5: basecall it first");
        OTHERS.put("\u008bPOD", "POD5: basecall it first");
        OTHERS.put("NCBI.sra", "an SRA archive: convert it with fasterq-dump first");
        OTHERS.put("BAM\u0001", "BAM without the BGZF blocks around it");
        OTHERS.put("CRAM", "CRAM");
        OTHERS.put("@HD\t", "SAM");
        OTHERS.put("@SQ\t", "SAM");
        OTHERS.put("##fileformat=VCF", "VCF");
        OTHERS.put("##gff", "GFF");
        OTHERS.put("LOCUS ", "a GenBank file: convert it to FASTA");
        OTHERS.put("ABIF", "an ABI trace: convert it to FASTQ");
        OTHERS.put("%PDF", "PDF");
        OTHERS.put("<!DOCTYPE", "HTML, for example the error page of a download");
        OTHERS.put("<html", "HTML, for example the error page of a download");
        OTHERS.put("<?xml", "XML");
        OTHERS.put("version https://git-lfs", "a Git LFS pointer: fetch the file itself");
    }

    private final byte[] bytes;
    private final List<String> lines = new ArrayList<>();

    /** @param bytes the first {@value #BYTES} of the stream, or all of it */
    StreamStart(byte[] bytes) {
        this.bytes = bytes;
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replaceFirst("^\u00ef\u00bb\u00bf", "");
        for (String line : text.split("\r\n|\n|\r", -1)) {
            lines.add(line);
        }
    }

    /**
     * Whether it is FASTA. A record of FASTQ says no, wherever it stands: a stream that was cut may begin with a line of
     * qualities, and those may begin as FASTA does. Else the first line that is neither blank nor a comment decides.
     */
    boolean isFasta() {
        for (int i = 0; i + 2 < lines.size(); i++) {
            boolean fastq = lines.get(i).startsWith("@")
                    && lines.get(i + 2).startsWith("+")
                    && lines.get(i + 1).matches("[A-Za-z.]*");
            if (fastq) {
                return false;
            }
        }
        String first = lines.stream()
                .filter(line -> !line.isBlank() && !line.startsWith(";"))
                .findFirst()
                .orElse("");
        if (first.startsWith("@")) {
            return false;
        }
        return lines.stream().anyMatch(line -> line.startsWith(">"));
    }

    /** Whether FASTA is one of proteins: a tenth of its letters stand for amino acids alone, and none for neither. */
    boolean isProtein() {
        int letters = 0;
        int proteinOnly = 0;
        for (String line : lines) {
            if (line.startsWith(">") || line.startsWith(";")) {
                continue;
            }
            for (int i = 0; i < line.length(); i++) {
                char letter = line.charAt(i);
                if (AMINO_ACIDS.indexOf(letter) < 0) {
                    if (letter != ' ' && letter != '\t' && letter != '-') {
                        return false;
                    }
                    continue;
                }
                letters++;
                proteinOnly += PROTEIN_ONLY.indexOf(letter) >= 0 ? 1 : 0;
            }
        }
        return proteinOnly > PROTEIN_SHARE * letters;
    }

    /** What the stream seems to be if it is surely no sequence file of text, else null. */
    String otherThanReads() {
        String start = new String(bytes, 0, Math.min(bytes.length, 64), StandardCharsets.ISO_8859_1);
        for (Map.Entry<String, String> other : OTHERS.entrySet()) {
            if (start.startsWith(other.getKey())) {
                return other.getValue();
            }
        }
        if (isUtf16()) {
            return "UTF-16: convert it with iconv -f UTF-16 -t UTF-8";
        }
        boolean tar = bytes.length > TAR_MAGIC_AT + 5
                && new String(bytes, TAR_MAGIC_AT, 5, StandardCharsets.ISO_8859_1).equals("ustar");
        if (tar) {
            return "a tar archive: unpack it first";
        }
        return isBinary() ? "binary data, no text" : null;
    }

    private boolean isUtf16() {
        if (bytes.length < 2) {
            return false;
        }
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        return first == 0xff && second == 0xfe
                || first == 0xfe && second == 0xff
                || second == 0 && ">@;".indexOf(first) >= 0
                || first == 0 && ">@;".indexOf(second) >= 0;
    }

    /** A twentieth of control characters: text has next to none but line ends and tabs. */
    private boolean isBinary() {
        int shown = Math.min(bytes.length, BINARY_BYTES);
        int control = 0;
        for (int i = 0; i < shown; i++) {
            boolean space = bytes[i] == '\t' || bytes[i] == '\n' || bytes[i] == '\r';
            control += bytes[i] >= 0 && bytes[i] < ' ' && !space ? 1 : 0;
        }
        return control * 20 > shown;
    }
}
