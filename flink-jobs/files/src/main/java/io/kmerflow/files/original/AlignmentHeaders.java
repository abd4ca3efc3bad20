package io.kmerflow.files.original;

import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMFileHeader.GroupOrder;
import htsjdk.samtools.SAMFileHeader.SortOrder;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.SAMSequenceDictionary;
import htsjdk.samtools.SAMSequenceRecord;
import htsjdk.samtools.SAMTag;
import htsjdk.samtools.SamFileHeaderMerger;
import io.kmerflow.files.read.AlignmentReader;
import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.read.ReadFiles;
import io.kmerflow.files.write.RefusedOutputException;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One header for the records of all inputs of alignments: every reference, by name, every read group and every program. A
 * read group or program whose id another file uses for something else gets a new id, and so do its records. Without such an
 * input the header is empty.
 */
final class AlignmentHeaders {
    private static final String CHECKSUM = SAMSequenceRecord.MD5_TAG;

    private final Map<String, SAMFileHeader> headers = new LinkedHashMap<>();
    private final SamFileHeaderMerger merger;
    private final SAMFileHeader merged;

    private AlignmentHeaders(Map<String, SAMFileHeader> byPath) {
        SAMSequenceDictionary references = references(byPath);
        byPath.forEach((path, header) -> {
            SAMFileHeader own = header.clone();
            own.setSequenceDictionary(references);
            headers.put(path, own);
        });
        if (headers.size() > 1) {
            merger = new SamFileHeaderMerger(SortOrder.unsorted, new ArrayList<>(headers.values()), false);
            merged = merger.getMergedHeader();
        } else {
            merger = null;
            merged = headers.isEmpty()
                    ? new SAMFileHeader()
                    : headers.values().iterator().next();
        }
    }

    /**
     * Reads the headers; those of damaged files count as empty.
     *
     * @throws RefusedOutputException if two files have references of one name that are not the same
     */
    static AlignmentHeaders of(List<InputFile> files) throws IOException {
        Map<String, SAMFileHeader> byPath = new LinkedHashMap<>();
        for (InputFile file : files) {
            if (!byPath.containsKey(file.path()) && ReadFiles.isAlignments(file.path())) {
                try (SequenceReader reader = ReadFiles.open(file.path(), QualityEncoding.PHRED33)) {
                    if (reader instanceof AlignmentReader alignments) {
                        byPath.put(file.path(), alignments.header());
                    }
                }
            }
        }
        return new AlignmentHeaders(byPath);
    }

    private static SAMSequenceDictionary references(Map<String, SAMFileHeader> headers) {
        Map<String, SAMSequenceRecord> byName = new LinkedHashMap<>();
        Map<String, String> from = new LinkedHashMap<>();
        headers.forEach((path, header) -> {
            for (SAMSequenceRecord reference : header.getSequenceDictionary().getSequences()) {
                String name = reference.getSequenceName();
                SAMSequenceRecord known = byName.putIfAbsent(name, reference.clone());
                if (known == null) {
                    from.put(name, path);
                    continue;
                }
                if (known.getSequenceLength() != reference.getSequenceLength()) {
                    throw new RefusedOutputException(String.format(
                            Locale.ROOT,
                            "Expected inputs aligned to the same references for one BAM output, got %s with %d bases in %s"
                                    + " and %d in %s",
                            name,
                            known.getSequenceLength(),
                            from.get(name),
                            reference.getSequenceLength(),
                            path));
                }
                String one = known.getAttribute(CHECKSUM);
                String other = reference.getAttribute(CHECKSUM);
                if (one != null && other != null && !one.equalsIgnoreCase(other)) {
                    throw new RefusedOutputException(String.format(
                            Locale.ROOT,
                            "Expected inputs aligned to the same references for one BAM output, got %s with M5 %s in %s and %s in %s",
                            name,
                            one,
                            from.get(name),
                            other,
                            path));
                }
            }
        });
        return new SAMSequenceDictionary(new ArrayList<>(byName.values()));
    }

    /**
     * A header for an output, to be changed by the caller. It promises no order of records: mates of two files alternate,
     * and readers do not agree on what sorted by name means. Of one file by name, mates still stand together.
     */
    SAMFileHeader header() {
        SAMFileHeader header = merged.clone();
        boolean byName = headers.size() == 1
                && (merged.getSortOrder() == SortOrder.queryname || merged.getGroupOrder() == GroupOrder.query);
        header.setSortOrder(SortOrder.unsorted);
        header.setGroupOrder(byName ? GroupOrder.query : GroupOrder.none);
        return header;
    }

    /** A copy of a record of that input under an output's header. */
    SAMRecord under(SAMFileHeader header, OriginalRecord record) {
        SAMRecord row = record.sam().deepCopy();
        String reference = row.getReferenceName();
        String mateReference = row.getMateReferenceName();
        row.setHeader(header);
        row.setReferenceName(reference); // finds the number it has here
        row.setMateReferenceName(mateReference);
        if (merger != null) {
            SAMFileHeader own = headers.get(record.file().path());
            String group = row.getStringAttribute(SAMTag.RG.name());
            if (group != null && own.getReadGroup(group) != null) {
                row.setAttribute(SAMTag.RG.name(), merger.getReadGroupId(own, group));
            }
            String program = row.getStringAttribute(SAMTag.PG.name());
            if (program != null && own.getProgramRecord(program) != null) {
                row.setAttribute(SAMTag.PG.name(), merger.getProgramGroupId(own, program));
            }
        }
        return row;
    }
}
