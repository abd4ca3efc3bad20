package io.kmerflow.sequence.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadHeaderTest {
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
    void aSlashAndNumberAreTheMateNotTheName() {
        assertThat(ReadHeader.parse("read7/1").readId()).isEqualTo("read7");
        assertThat(ReadHeader.parse("read7/1").mate()).isEqualTo(1);
        assertThat(ReadHeader.parse("read7/3").readId()).isEqualTo("read7/3");
        assertThat(ReadHeader.parse("read7/3").mate()).isZero();
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
        assertThat(header.readId()).isEqualTo("HWUSI-EAS100R:6:73:941:1973");
        assertThat(header.mate()).isEqualTo(2);
        assertThat(header.indexSequence()).isEqualTo("ATCACG");
        assertThat(header.platform()).isEqualTo("ILLUMINA");
        assertThat(ReadHeader.parse("HWUSI-EAS100R:6:73:941:1973#0/1").indexSequence())
                .isNull();
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
}
