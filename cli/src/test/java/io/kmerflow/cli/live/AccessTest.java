package io.kmerflow.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class AccessTest {
    @Test
    void onLoopbackTheNameOfThisMachineIsEnough() {
        Access access = Access.on(InetAddress.getLoopbackAddress());

        assertThat(access.token()).isNull();
        assertThat(access.allows("localhost:8080", null)).isTrue();
        assertThat(access.allows("127.0.0.1", null)).isTrue();
        assertThat(access.allows("[::1]:8080", null)).isTrue();
        assertThat(access.allows("attacker.example:8080", null)).isFalse();
        assertThat(access.allows(null, null)).isFalse();
    }

    @Test
    void onAnotherAddressTheTokenIsAskedFor() throws Exception {
        Access access = Access.on(InetAddress.getByAddress(new byte[4]));

        assertThat(access.token())
                .matches("[0-9a-f]{32}")
                .isNotEqualTo(Access.on(InetAddress.getByAddress(new byte[4])).token());
        assertThat(access.allows("lab-pc:8080", access.token())).isTrue();
        assertThat(access.allows("localhost:8080", null)).isFalse();
        assertThat(access.allows("localhost:8080", access.token() + "0")).isFalse();
    }
}
