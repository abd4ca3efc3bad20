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
}
