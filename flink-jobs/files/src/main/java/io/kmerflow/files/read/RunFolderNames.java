package io.kmerflow.files.read;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the places of files in a nanopore run folder say of reads whose headers say nothing (bare UUIDs): barcode from a
 * folder {@code barcode07} or {@code unclassified}; run from a file name {@code FAK72834_pass_barcode07_1f3e5a7c_0.fastq},
 * else the folder above {@code fastq_pass}, {@code fastq_fail}, {@code bam_pass} or {@code bam_fail}.
 */
final class RunFolderNames {
    private static final Pattern BARCODE = Pattern.compile("barcode\\d{2,3}|unclassified|mixed");
    private static final Pattern READS = Pattern.compile("(fastq|bam)_(pass|fail|skip)");
    private static final Pattern FILE =
            Pattern.compile("[A-Z]{3}\\d+_(?:pass|fail|skip)_(?:(?:barcode\\d+|unclassified)_)?([0-9a-f]{6,})_.*");

    private RunFolderNames() {}

    /** The barcode, or null. */
    static String barcode(String path) {
        for (Path folder = Path.of(path).getParent(); folder != null; folder = folder.getParent()) {
            String name = name(folder);
            if (BARCODE.matcher(name).matches()) {
                return name;
            }
            if (READS.matcher(name).matches()) {
                return null; // a barcode's folder lies below
            }
        }
        return null;
    }

    /** The run, or null. */
    static String run(String path) {
        Path file = Path.of(path);
        Matcher named = FILE.matcher(name(file));
        if (named.matches()) {
            return named.group(1);
        }
        for (Path folder = file.getParent(); folder != null; folder = folder.getParent()) {
            if (READS.matcher(name(folder)).matches() && folder.getParent() != null) {
                String run = name(folder.getParent());
                return run.isEmpty() ? null : run;
            }
        }
        return null;
    }

    private static String name(Path path) {
        return path.getFileName() == null ? "" : path.getFileName().toString();
    }
}
