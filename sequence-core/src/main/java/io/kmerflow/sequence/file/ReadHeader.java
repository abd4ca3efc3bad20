package io.kmerflow.sequence.file;

import java.util.Map;

/**
 * What the first line of a record says. Absent things are null, blank ones too; those stay among the attributes.
 *
 * @param readId name without the rest of the line; as it stands, since a name that ends in /1 is a mate only beside the
 *     other mate ({@link MateNames}), but without the mate number of old Illumina runs and archives
 * @param mate 0 where the header does not say, 1 or 2
 * @param runId sequencing run
 * @param sampleId sample
 * @param platform ILLUMINA or OXFORD_NANOPORE, where the header gives it away
 * @param barcodeName barcode of a multiplexed nanopore run
 * @param indexSequence index bases of an Illumina read
 * @param umi unique molecular identifier
 * @param channel nanopore channel, from 1
 * @param startTimeMillis milliseconds since 1970-01-01 UTC
 * @param basecallerModel name and version of the basecalling model
 * @param parentReadId read that this one was split from
 * @param duplex nanopore dx tag: 1, 0 or -1
 * @param filtered true if the sequencer's own filter failed the read
 * @param attributes everything else, key to value; {@code comment} holds text that is no key=value
 */
public record ReadHeader(
        String readId,
        int mate,
        String runId,
        String sampleId,
        String platform,
        String barcodeName,
        String indexSequence,
        String umi,
        Integer channel,
        Long startTimeMillis,
        String basecallerModel,
        String parentReadId,
        Integer duplex,
        boolean filtered,
        Map<String, String> attributes) {
    public ReadHeader {
        runId = nullIfBlank(runId);
        sampleId = nullIfBlank(sampleId);
        platform = nullIfBlank(platform);
        barcodeName = nullIfBlank(barcodeName);
        indexSequence = nullIfBlank(indexSequence);
        umi = nullIfBlank(umi);
        basecallerModel = nullIfBlank(basecallerModel);
        parentReadId = nullIfBlank(parentReadId);
    }

    private static String nullIfBlank(String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /** Reads the line after its '@' or '>'. Never fails: what it does not know becomes an attribute. */
    public static ReadHeader parse(String line) {
        return new ReadHeaderParser(line).parse();
    }

    /**
     * The run that a name alone tells, as an aligner keeps it without the rest of the line: instrument, run and flow cell of the
     * seven or eight fields that Illumina's names have, a movie of PacBio, an accession of an archive; else null.
     */
    public static String runOf(String name) {
        return parse(name.matches("[^: ]+(:[^: ]*){6,7}") ? name + " 1:N:0" : name)
                .runId();
    }

    /** The same header with another mate: 0, 1 or 2. */
    public ReadHeader withMate(int mate) {
        return with(readId, mate, runId);
    }

    /**
     * The same header of a read whose name, mate or run is told by more than its header.
     *
     * @param readId name without its mate
     * @param mate 0, 1 or 2
     * @param runId sequencing run, or null
     */
    public ReadHeader with(String readId, int mate, String runId) {
        return new ReadHeader(
                readId,
                mate,
                runId,
                sampleId,
                platform,
                barcodeName,
                indexSequence,
                umi,
                channel,
                startTimeMillis,
                basecallerModel,
                parentReadId,
                duplex,
                filtered,
                attributes);
    }
}
