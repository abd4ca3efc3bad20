package io.kmerflow.sequence.file;

/** One thing found in a sequence file: a record, or a stretch of bytes that is none. */
public sealed interface SequenceItem {
    /** Where it lies; items of one file touch, in order, from byte 0 to the end. */
    FilePosition position();

    /**
     * A record that parses.
     *
     * @param position blank lines after a record belong to it
     * @param header first line without its '@' or '>'
     * @param bases ASCII as in the file, possibly none, only nucleotide codes
     * @param phredQualities numbers 0 to 93, one per base, or null where the format has none (FASTA)
     * @param fields what is known of the record by other means than its header: fields of SAM, a mate beside it; null where
     *     the header says all
     */
    record Parsed(FilePosition position, String header, byte[] bases, byte[] phredQualities, ReadHeader fields)
            implements SequenceItem {
        /** A record whose header says all. */
        public Parsed(FilePosition position, String header, byte[] bases, byte[] phredQualities) {
            this(position, header, bases, phredQualities, null);
        }

        /** The same record, with what more than its header tells. */
        Parsed with(ReadHeader told) {
            return new Parsed(position, header, bases, phredQualities, told);
        }

        /** Name, mate, run and all else that the record says of itself. */
        public ReadHeader readHeader() {
            return fields == null ? ReadHeader.parse(header) : fields;
        }
    }

    /**
     * Bytes that are no record.
     *
     * @param position the bytes skipped until a record begins again
     * @param reason to count by
     * @param message one sentence: what was expected, what came
     */
    record Failure(FilePosition position, Reason reason, String message) implements SequenceItem {}

    /** Why bytes are no record. */
    enum Reason {
        /** The bytes between two good records do not have the shape of one. */
        MALFORMED_RECORD,
        /** The compressed stream ends before its own end mark. */
        TRUNCATED_GZIP,
        /** The compressed stream does not decompress, or its checksum does not hold. */
        DAMAGED_GZIP,
        /** A stream of another compression, damaged or cut. */
        DAMAGED_COMPRESSION,
        /** A secondary or supplementary alignment: the read has a record of its own. Skipped and counted, no failure. */
        NOT_PRIMARY,
        /** A compression that is not read here: bzip2, xz or Zstandard. */
        UNSUPPORTED_COMPRESSION
    }
}
