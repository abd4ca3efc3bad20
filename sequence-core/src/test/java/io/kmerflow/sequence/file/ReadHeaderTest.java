package io.kmerflow.sequence.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadHeaderTest {
    @Test
    void runOfANameAloneIsThatOfItsWholeHeader() {
        String illumina = "A00123:8:HXYZ:1:1101:1000:2000";
        assertThat(ReadHeader.runOf(illumina))
                .isEqualTo(ReadHeader.parse(illumina + " 2:Y:0:ACGT").runId())
                .isEqualTo("A00123:8:HXYZ");
        assertThat(ReadHeader.runOf("m64011_190830_220126/1/ccs")).isEqualTo("m64011_190830_220126");
        assertThat(ReadHeader.runOf("ERR123.7")).isEqualTo("ERR123");
        assertThat(ReadHeader.runOf("a:b:c")).isNull();
    }

    @Test
    void casavaGivesMateFilterIndexRunAndUmi() {
        ReadHeader header = ReadHeader.parse("M1:7:FC:1:1101:15:14:ACGTAC 2:Y:18:ATCACG+TTAGGC");

        assertThat(header.readId()).isEqualTo("M1:7:FC:1:1101:15:14:ACGTAC");
        assertThat(header.mate()).isEqualTo(2);
        assertThat(header.filtered()).isTrue();
        assertThat(header.indexSequence()).isEqualTo("ATCACG+TTAGGC");
        assertThat(header.runId()).isEqualTo("M1:7:FC");
        assertThat(header.umi()).isEqualTo("ACGTAC");
        assertThat(header.platform()).isEqualTo("ILLUMINA");
        assertThat(header.attributes()).isEmpty();
    }

    @Test
    void aNameThatEndsInANumberIsAName() {
        for (String name : new String[] {"transcript/1", "read7/2", "x.1", "x_R1", "m64011_190830_220126_s1/1"}) {
            assertThat(ReadHeader.parse(name).readId()).isEqualTo(name);
            assertThat(ReadHeader.parse(name).mate()).isZero();
        }
    }

    @Test
    void aThirdReadOfAFragmentIsCasavaToo() {
        ReadHeader header = ReadHeader.parse("M1:7:FC:1:1101:15:14 3:Y:0:ATCACG");
        assertThat(header.runId()).isEqualTo("M1:7:FC");
        assertThat(header.filtered()).isTrue();
        assertThat(header.mate()).isZero();
        assertThat(header.indexSequence()).isEqualTo("ATCACG");
        assertThat(header.attributes()).isEqualTo(Map.of("read_number", "3"));
    }

    @Test
    void casavaMayLackItsIndex() {
        for (String word : new String[] {"1:Y:0", "1:Y:0:"}) {
            ReadHeader header = ReadHeader.parse("M1:7:FC:1:1101:15:14 " + word);
            assertThat(header.runId()).isEqualTo("M1:7:FC");
            assertThat(header.mate()).isEqualTo(1);
            assertThat(header.filtered()).isTrue();
            assertThat(header.indexSequence()).isNull();
        }
        for (String word : new String[] {"1:Y:x", "0:Y:0:", "1:X:0:", "1-Y:0:", "1:Y-0:", "1:Y:", "2:N"}) {
            assertThat(ReadHeader.parse("M1:7:FC:1:1101:15:14 " + word).runId())
                    .as(word)
                    .isNull();
        }
    }

    @Test
    void aReadGroupNamesRunModelAndBarcode() {
        String run = "e4994c62-93f9-439a-bc8f-d20c95a137a5";
        ReadHeader header = ReadHeader.parse(
                "uuid\tRG:Z:" + run + "_rna004_130bps_fast@v5.1.0_barcode02\tfn:Z:my run.pod5\tch:i:7");
        assertThat(header.readId()).isEqualTo("uuid");
        assertThat(header.runId()).isEqualTo(run);
        assertThat(header.basecallerModel()).isEqualTo("rna004_130bps_fast@v5.1.0");
        assertThat(header.barcodeName()).isEqualTo("barcode02");
        assertThat(header.platform()).isEqualTo("OXFORD_NANOPORE");
        assertThat(header.channel()).isEqualTo(7);
        assertThat(header.attributes()).containsEntry("fn", "my run.pod5").doesNotContainKey("comment");
    }

    @Test
    void readGroupNames() {
        String hex = "0123456789abcdef0123456789abcdef01234567";
        assertThat(ReadGroupName.parse(hex + "_dna_r10.4.1_e8.2_400bps_sup@v5.2.0_SQK-NBD114-24_barcode01"))
                .isEqualTo(new ReadGroupName(hex, "dna_r10.4.1_e8.2_400bps_sup@v5.2.0", "SQK-NBD114-24_barcode01"));
        assertThat(ReadGroupName.parse(hex + "_dna_r10.4.1_e8.2_400bps_sup@v5.2.0"))
                .isEqualTo(new ReadGroupName(hex, "dna_r10.4.1_e8.2_400bps_sup@v5.2.0", null));
        assertThat(ReadGroupName.parse(hex + "_dna_r9.4.1_450bps_hac_barcode07"))
                .isEqualTo(new ReadGroupName(hex, "dna_r9.4.1_450bps_hac", "barcode07"));
        assertThat(ReadGroupName.parse(hex + "_dna_r9.4.1_450bps_hac"))
                .isEqualTo(new ReadGroupName(hex, "dna_r9.4.1_450bps_hac", null));
        assertThat(ReadGroupName.parse(hex)).isEqualTo(new ReadGroupName(hex, null, null));
        assertThat(ReadGroupName.parse("lane1_sample")).isEqualTo(new ReadGroupName(null, null, null));
        assertThat(ReadGroupName.parse("")).isEqualTo(new ReadGroupName(null, null, null));
    }

    @Test
    void whatAHeaderSaysOutrightComesBeforeItsReadGroup() {
        ReadHeader header = ReadHeader.parse("uuid\tBC:Z:barcode09\tRG:Z:0123456789abcdef0123456789abcdef01234567"
                + "_dna_r10.4.1_e8.2_400bps_sup@v5.2.0_barcode01 runid=mine");
        assertThat(header.barcodeName()).isEqualTo("barcode09");
    }

    @Test
    void basesInTheBarcodeTagAreAnIndexNotAName() {
        for (String bases : new String[] {"ACGTACGT", "ACGTACGT-TTGGCCAA", "ACGNACGT+TT.GCCAA"}) {
            assertThat(ReadHeader.parse("q\tBC:Z:" + bases).indexSequence()).isEqualTo(bases);
            assertThat(ReadHeader.parse("q\tBC:Z:" + bases).barcodeName()).isNull();
        }
        for (String name : new String[] {"barcode01", "SQK-NBD114-24_barcode01", "unclassified"}) {
            assertThat(ReadHeader.parse("q\tBC:Z:" + name).barcodeName()).isEqualTo(name);
            assertThat(ReadHeader.parse("q\tBC:Z:" + name).indexSequence()).isNull();
        }
    }

    @Test
    void aBlankValueStandsBeforeNoOtherSource() {
        ReadHeader keys = ReadHeader.parse("q runid= sample_id= barcode= ch= parent_read_id=");
        ReadHeader tags = ReadHeader.parse("q\tRG:Z:\tst:Z:\tch:i:\tXX::\tA:B\t::::\tBC:Z:");
        for (ReadHeader header : new ReadHeader[] {keys, tags}) {
            assertThat(header.readId()).isEqualTo("q");
            assertThat(header.runId()).isNull();
            assertThat(header.sampleId()).isNull();
            assertThat(header.barcodeName()).isNull();
            assertThat(header.indexSequence()).isNull();
            assertThat(header.channel()).isNull();
            assertThat(header.parentReadId()).isNull();
            assertThat(header.startTimeMillis()).isNull();
        }
        assertThat(keys.attributes()).containsEntry("sample_id", "").containsEntry("barcode", "");
        assertThat(tags.attributes()).containsEntry("RG", "").containsEntry("BC", "");
    }

    @Test
    void nanoporeKeysBecomeFieldsAndTheRestAttributes() {
        ReadHeader header = ReadHeader.parse("uuid-1 runid=abc sampleid=s1 read=12 ch=305"
                + " start_time=2024-05-01T10:00:00Z barcode=barcode07 basecall_model_version_id=dna_r10 odd text");

        assertThat(header.runId()).isEqualTo("abc");
        assertThat(header.sampleId()).isEqualTo("s1");
        assertThat(header.channel()).isEqualTo(305);
        assertThat(header.startTimeMillis()).isEqualTo(1_714_557_600_000L);
        assertThat(header.barcodeName()).isEqualTo("barcode07");
        assertThat(header.basecallerModel()).isEqualTo("dna_r10");
        assertThat(header.platform()).isEqualTo("OXFORD_NANOPORE");
        assertThat(header.attributes()).isEqualTo(Map.of("read", "12", "comment", "odd text"));
    }

    @Test
    void samTagsBehindATabAreRead() {
        ReadHeader header =
                ReadHeader.parse("uuid-2\tch:i:7\tdx:i:-1\tpi:Z:parent\tst:Z:2024-05-01T10:00:00.5+00:00\tqs:f:12");

        assertThat(header.channel()).isEqualTo(7);
        assertThat(header.duplex()).isEqualTo(-1);
        assertThat(header.parentReadId()).isEqualTo("parent");
        assertThat(header.startTimeMillis()).isEqualTo(1_714_557_600_500L);
        assertThat(header.attributes()).isEqualTo(Map.of("qs", "12"));
    }

    @Test
    void valuesThatDoNotParseStayAttributes() {
        ReadHeader header = ReadHeader.parse("r ch=many start_time=yesterday");

        assertThat(header.channel()).isNull();
        assertThat(header.startTimeMillis()).isNull();
        assertThat(header.attributes()).isEqualTo(Map.of("ch", "many", "start_time", "yesterday"));
    }

    @Test
    void illuminasForerunnerOfCasavaHasIndexAndMateInTheName() {
        ReadHeader header = ReadHeader.parse("HWUSI-EAS100R:6:73:941:1973#ATCACG/2");
        assertThat(header.readId()).isEqualTo("HWUSI-EAS100R:6:73:941:1973#ATCACG");
        assertThat(header.mate()).isEqualTo(2);
        assertThat(header.indexSequence()).isEqualTo("ATCACG");
        assertThat(header.platform()).isEqualTo("ILLUMINA");
        ReadHeader none = ReadHeader.parse("HWUSI-EAS100R:6:73:941:1973#0/1");
        assertThat(none.indexSequence()).isNull();
        assertThat(none.readId()).isEqualTo("HWUSI-EAS100R:6:73:941:1973#0");
        assertThat(none.mate()).isEqualTo(1);
    }

    @Test
    void pacBioNamesTheMovie() {
        ReadHeader subread =
                ReadHeader.parse("m140913_050931_42139_c100713652400000001823152404301535_s1_p0/9/10_4563");
        assertThat(subread.platform()).isEqualTo("PACBIO");
        assertThat(subread.runId()).isEqualTo("m140913_050931_42139_c100713652400000001823152404301535_s1_p0");
        assertThat(subread.mate()).isZero();
        assertThat(ReadHeader.parse("m64011_190830_220126/101/ccs rq=f").platform())
                .isEqualTo("PACBIO");
    }

    @Test
    void archivesKeepTheOriginalName() {
        ReadHeader header = ReadHeader.parse("ERR127302.7 HWI-EAS350_0441:1:1:1055:4898#0/1 length=72");
        assertThat(header.readId()).isEqualTo("ERR127302.7");
        assertThat(header.runId()).isEqualTo("ERR127302");
        assertThat(header.mate()).isEqualTo(1);
        assertThat(header.attributes())
                .containsEntry("original_name", "HWI-EAS350_0441:1:1:1055:4898#0/1")
                .containsEntry("length", "72");
        assertThat(ReadHeader.parse("SRR059298.3.2").mate()).isEqualTo(2);
        assertThat(ReadHeader.parse("SRR059298.3.2").readId()).isEqualTo("SRR059298.3");
    }

    /** A group separator is blank, and no word ends there. */
    @Test
    void whatIsBlankIsAbsentWhereverItStands() {
        String blank = "\u001d\u001c";
        assertThat(ReadHeader.parse("M1:7:FC:1:1101:15:14:" + blank + " 1:N:0:" + blank))
                .returns("M1:7:FC", ReadHeader::runId)
                .returns(null, ReadHeader::umi)
                .returns(null, ReadHeader::indexSequence);
        ReadHeader keys = ReadHeader.parse(
                "r runid=" + blank + " sampleid=" + blank + " barcode=" + blank + " parent_read_id=" + blank);
        assertThat(keys.runId()).isNull();
        assertThat(keys.sampleId()).isNull();
        assertThat(keys.barcodeName()).isNull();
        assertThat(keys.parentReadId()).isNull();
        assertThat(keys.attributes())
                .containsOnlyKeys("runid", "sampleid", "barcode", "parent_read_id")
                .containsValue(blank);
        String run = "0123456789abcdef0123456789abcdef01234567";
        ReadHeader group = ReadHeader.parse("r\tRG:Z:" + run + "_" + blank + "@v1_" + blank);
        assertThat(group.runId()).isEqualTo(run);
        assertThat(group.barcodeName()).isNull();
        assertThat(ReadHeader.parse("r\tRG:Z:" + run + "_" + blank).basecallerModel())
                .isNull();
    }

    @Test
    void casavaIsTheFirstWordBehindTheName() {
        String name = "M1:7:FC:1:1101:15:14";
        assertThat(ReadHeader.parse(name + " 9:N:19:ACGT").attributes()).isEqualTo(Map.of("read_number", "9"));
        assertThat(ReadHeader.parse(name + " 1:N:19").filtered()).isFalse();
        assertThat(ReadHeader.parse(name + " 1:N:19").runId()).isEqualTo("M1:7:FC");
        assertThat(ReadHeader.parse(name + "\t\t1:N:19:ACGT").indexSequence()).isEqualTo("ACGT");
        ReadHeader later = ReadHeader.parse(name + " x\t1:N:19:ACGT");
        assertThat(later.runId()).isNull();
        assertThat(later.attributes()).isEqualTo(Map.of("comment", "x 1:N:19:ACGT"));
        assertThat(ReadHeader.parse("x:1:2 1:N:0:ACGT").runId())
                .as("a short name")
                .isNull();
    }

    @Test
    void wordsOfACommentAreJoinedByOneBlank() {
        assertThat(ReadHeader.parse("r  some \t text =5").attributes()).isEqualTo(Map.of("comment", "some text =5"));
    }

    @Test
    void samTagsBehindABlankAreReadTooAndWhatHasNoNumberStays() {
        ReadHeader header = ReadHeader.parse("r ch:i:7 dx:i:both RX:Z:ACGT");
        assertThat(header.channel()).isEqualTo(7);
        assertThat(header.duplex()).isNull();
        assertThat(header.umi()).isEqualTo("ACGT");
        assertThat(header.attributes()).isEqualTo(Map.of("dx", "both"));
    }

    @Test
    void channelsCountFromOne() {
        assertThat(ReadHeader.parse("r ch=1").channel()).isEqualTo(1);
        for (String number : new String[] {"0", "-3"}) {
            assertThat(ReadHeader.parse("r ch=" + number).channel()).isNull();
            assertThat(ReadHeader.parse("r ch=" + number).attributes()).isEqualTo(Map.of("ch", number));
        }
    }

    @Test
    void aReadIsNotItsOwnParent() {
        assertThat(ReadHeader.parse("r parent_read_id=r").parentReadId()).isNull();
        assertThat(ReadHeader.parse("r parent_read_id=p").parentReadId()).isEqualTo("p");
    }

    @Test
    void aReadGroupStaysAmongTheAttributes() {
        assertThat(ReadHeader.parse("r\tRG:Z:lane 1").attributes()).isEqualTo(Map.of("RG", "lane 1"));
    }

    @Test
    void theNameBeforeTheArchiveTellsTheMateWhereTheArchiveDoesNot() {
        ReadHeader second = ReadHeader.parse("SRR1.7 M1:9/2 length=4");
        assertThat(second.mate()).isEqualTo(2);
        assertThat(second.attributes()).isEqualTo(Map.of("original_name", "M1:9/2", "length", "4"));
        assertThat(ReadHeader.parse("SRR1.7.2 M1:9/1").mate()).isEqualTo(2);
        assertThat(ReadHeader.parse("SRR1.7 M1:9/3").mate()).isZero();
        assertThat(ReadHeader.parse("SRR1.7 =x").attributes()).isEqualTo(Map.of("comment", "=x"));
        assertThat(ReadHeader.parse("SRR1.7 a=x").attributes()).isEqualTo(Map.of("a", "x"));
    }
}
