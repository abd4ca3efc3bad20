package io.kmerflow.sequence.file;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one header line. Knows Illumina's Casava 1.8 ({@code M1:7:FC:1:1101:15:14 1:N:0:ATCACG}, a UMI as eighth field
 * of the name) and its forerunner ({@code HWUSI-EAS100R:6:73:941:1973#ATCACG/1}), nanopore's {@code key=value} and the SAM
 * tags that nanopore basecallers write after a tab ({@code ch:i:5}; {@link ReadGroupName}, {@link BarcodeTag}), PacBio's {@code movie/hole/start_end} and
 * {@code movie/hole/ccs}, and the archives' {@code ERR127302.7 original-name length=72}.
 */
final class ReadHeaderParser {
    /** Attribute of a read that is neither the first nor the second of its fragment: 3 and above. */
    static final String READ_NUMBER = "read_number";

    private static final int CASAVA_NAME_FIELDS = 7;
    private static final Pattern OLD_ILLUMINA = Pattern.compile("([^:#/]+(?::[^:#/]+){4,6}#([^/]*))(?:/([12]))?");
    private static final Pattern INDEX = Pattern.compile("[ACGTN+-]+");
    private static final Pattern PACBIO = Pattern.compile("(m[0-9]+[^/]*)/(\\d+)/(\\d+_\\d+|ccs.*)");
    private static final Pattern ARCHIVE = Pattern.compile("([EDSC]RR\\d+)\\.\\d+(?:\\.([12]))?");

    private final String line;
    private String readId;
    private int mate;
    private String runId;
    private String sampleId;
    private String platform;
    private String barcodeName;
    private String indexSequence;
    private String umi;
    private Integer channel;
    private Long startTimeMillis;
    private String basecallerModel;
    private String parentReadId;
    private Integer duplex;
    private boolean filtered;
    private boolean archived;
    private ReadGroupName group = new ReadGroupName(null, null, null);
    private Map<String, String> attributes = Map.of();

    ReadHeaderParser(String line) {
        this.line = line;
    }

    ReadHeader parse() {
        int nameEnd = wordEnd(line, 0);
        name(line.substring(0, nameEnd));
        int from = nameEnd;
        boolean first = true;
        while (from < line.length()) {
            int tab = line.indexOf('\t', from + 1);
            int to = tab < 0 ? line.length() : tab;
            String field = line.substring(from + 1, to);
            if (line.charAt(from) == '\t' && isTag(field)) {
                samTag(field.substring(0, 2), field.substring(5)); // its value may have blanks
                first = false;
            } else {
                first = words(field, first);
            }
            from = to;
        }
        return new ReadHeader(
                readId,
                mate,
                runId == null ? group.runId() : runId,
                sampleId,
                platform == null && group.runId() != null ? "OXFORD_NANOPORE" : platform,
                barcodeName == null ? group.barcodeName() : barcodeName,
                indexSequence,
                umi,
                channel,
                startTimeMillis,
                basecallerModel == null ? group.basecallerModel() : basecallerModel,
                parentReadId,
                duplex,
                filtered,
                attributes);
    }

    private static int wordEnd(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ' ' || c == '\t' || c == '\r') {
                return i;
            }
        }
        return text.length();
    }

    private boolean words(String text, boolean first) {
        boolean firstWord = first;
        int at = -1;
        while (at < text.length()) {
            int start = at + 1;
            at = wordEnd(text, start);
            if (at > start) {
                word(text.substring(start, at), firstWord);
                firstWord = false;
            }
        }
        return firstWord;
    }

    private static boolean isTag(String text) {
        return text.length() >= 5 && text.charAt(2) == ':' && text.charAt(4) == ':';
    }

    /** The name as it stands; a mate number is part of it but where the whole name has a shape that defines one. */
    private void name(String name) {
        readId = name;
        Matcher old = OLD_ILLUMINA.matcher(name);
        Matcher pacBio = PACBIO.matcher(name);
        Matcher archive = ARCHIVE.matcher(name);
        if (old.matches()) {
            readId = old.group(1);
            platform = "ILLUMINA";
            indexSequence = INDEX.matcher(old.group(2)).matches() ? old.group(2) : null;
            mate = old.group(3) == null ? 0 : old.group(3).charAt(0) - '0';
        } else if (pacBio.matches()) {
            runId = pacBio.group(1);
            platform = "PACBIO";
        } else if (archive.matches()) {
            runId = archive.group(1);
            archived = true;
            if (archive.group(2) != null) {
                mate = archive.group(2).charAt(0) - '0';
                readId = name.substring(0, name.length() - 2);
            }
        }
    }

    /** The name a read had before it came to an archive: kept, and its mate number taken. */
    private boolean originalName(String word) {
        if (!archived || word.indexOf('=') >= 0) {
            return false;
        }
        int length = word.length();
        if (mate == 0 && (word.endsWith("/1") || word.endsWith("/2"))) {
            mate = word.charAt(length - 1) - '0';
        }
        attribute("original_name", word);
        return true;
    }

    private void word(String word, boolean first) {
        if (first && (casava(word) || originalName(word))) {
            return;
        }
        int equals = word.indexOf('=');
        if (equals > 0) {
            keyValue(word.substring(0, equals), word.substring(equals + 1));
        } else if (isTag(word)) {
            samTag(word.substring(0, 2), word.substring(5));
        } else {
            comment(word);
        }
    }

    /** {@code number:filter:control:index}, for example {@code 1:N:0:ATCACG}. */
    private boolean casava(String word) {
        boolean shape = word.length() >= 5
                && word.charAt(0) >= '1'
                && word.charAt(0) <= '9'
                && word.charAt(1) == ':'
                && (word.charAt(2) == 'N' || word.charAt(2) == 'Y')
                && word.charAt(3) == ':';
        int controlEnd = shape ? word.indexOf(':', 4) : -1;
        if (shape && controlEnd < 0 && digits(word, 4)) {
            controlEnd = word.length(); // some tools drop the index and its colon
        }
        if (controlEnd < 0) {
            return false;
        }
        int number = word.charAt(0) - '0';
        if (number > 2) {
            attribute(READ_NUMBER, String.valueOf(number)); // 10x: the second mate may be read 3
        } else if (mate == 0) {
            mate = number;
        }
        filtered = word.charAt(2) == 'Y';
        String index = word.substring(Math.min(controlEnd + 1, word.length()));
        indexSequence = index;
        platform = "ILLUMINA";
        casavaName();
        return true;
    }

    private static boolean digits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Instrument, run and flow cell name the run: a run number alone is one of an instrument's. */
    private void casavaName() {
        int colons = 0;
        int thirdColon = -1;
        int seventhColon = -1;
        for (int i = 0; i < readId.length(); i++) {
            if (readId.charAt(i) == ':') {
                colons++;
                thirdColon = colons == 3 ? i : thirdColon;
                seventhColon = colons == CASAVA_NAME_FIELDS ? i : seventhColon;
            }
        }
        if (colons >= CASAVA_NAME_FIELDS - 1) {
            runId = readId.substring(0, thirdColon);
        }
        if (colons == CASAVA_NAME_FIELDS) {
            umi = readId.substring(seventhColon + 1);
        }
    }

    private void keyValue(String key, String value) {
        if (value.isBlank()) {
            attribute(key, value); // said, but not what: no value that could stand before another source's
            return;
        }
        switch (key) {
            case "runid" -> {
                runId = value;
                platform = "OXFORD_NANOPORE";
            }
            case "sampleid", "sample_id" -> sampleId = value;
            case "barcode" -> barcodeName = value;
            case "ch" -> channel = channel(key, value);
            case "start_time" -> startTimeMillis = time(key, value);
            case "model_version_id", "basecall_model_version_id" -> basecallerModel = value;
            case "parent_read_id" -> parentReadId = value.equals(readId) ? null : value;
            default -> attribute(key, value);
        }
    }

    private void samTag(String tag, String value) {
        if (value.isBlank()) {
            attribute(tag, value);
            return;
        }
        switch (tag) {
            case "st" -> startTimeMillis = time(tag, value);
            case "ch" -> channel = channel(tag, value);
            case "dx" -> duplex = integer(tag, value);
            case "pi" -> parentReadId = value;
            case "BC" -> barcode(BarcodeTag.parse(value));
            case "RX" -> umi = value;
            case "RG" -> readGroup(value);
            default -> attribute(tag, value);
        }
    }

    private void barcode(BarcodeTag tag) {
        barcodeName = tag.barcodeName() == null ? barcodeName : tag.barcodeName();
        indexSequence = tag.indexSequence() == null ? indexSequence : tag.indexSequence();
    }

    /** What other parts of the header say comes before it. */
    private void readGroup(String value) {
        attribute("RG", value);
        group = ReadGroupName.parse(value);
    }

    /** Channels count from 1. */
    private Integer channel(String key, String value) {
        Integer number = integer(key, value);
        if (number != null && number < 1) {
            attribute(key, value);
            return null;
        }
        return number;
    }

    private Integer integer(String key, String value) {
        try {
            return Integer.valueOf(value);
        } catch (NumberFormatException e) {
            attribute(key, value);
            return null;
        }
    }

    private Long time(String key, String value) {
        try {
            return OffsetDateTime.parse(value).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            attribute(key, value);
            return null;
        }
    }

    private void comment(String word) {
        String before = attributes.get("comment");
        attribute("comment", before == null ? word : before + " " + word);
    }

    private void attribute(String key, String value) {
        if (attributes.isEmpty()) {
            attributes = new LinkedHashMap<>();
        }
        attributes.put(key, value);
    }
}
