package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SwapStateTest {
    private static final ModelRef MODEL = new ModelRef("m", "2", "sha256:new", "/2");
    private static final ModelRef CONFIGURED = new ModelRef("m", "1", "sha256:old", "/1");

    @Test
    void allOfItComesBack() throws IOException {
        SwapState changed = new SwapState(9, MODEL, 7, false, CONFIGURED);
        assertThat(SwapState.of(changed.toBytes())).isEqualTo(changed);
        assertThat(SwapState.of(changed.withTold().toBytes())).isEqualTo(new SwapState(9, MODEL, 7, true, CONFIGURED));
        assertThat(SwapState.of(SwapState.NONE.toBytes())).isEqualTo(SwapState.NONE);
        assertThat(SwapState.of(null)).isEqualTo(SwapState.NONE);
    }

    @Test
    void theFormatOfVersion01IsReadWithoutWhatItLacks() throws IOException {
        assertThat(SwapState.of(first(true))).isEqualTo(new SwapState(9, MODEL, 7, true, null));
        assertThat(SwapState.of(first(false))).isEqualTo(new SwapState(9, null, 7, true, null));
    }

    private static byte[] first(boolean withModel) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(1);
        out.writeLong(9);
        out.writeLong(7);
        out.writeBoolean(withModel);
        if (withModel) {
            out.writeUTF(MODEL.name());
            out.writeUTF(MODEL.version());
            out.writeUTF(MODEL.digest());
            out.writeUTF(MODEL.uri());
        }
        return bytes.toByteArray();
    }

    @Test
    void aLaterFormatIsRefused() {
        byte[] bytes = SwapState.NONE.toBytes();
        bytes[3] = 3;
        assertThatThrownBy(() -> SwapState.of(bytes))
                .isInstanceOf(IOException.class)
                .hasMessage("Expected format 1 or 2 of the model state, got 3");
    }

    @Test
    void revisionsOutOfBoundsAreForgottenAndTheModelIsNot() {
        SwapState state = new SwapState(Long.MAX_VALUE, MODEL, 7, true, CONFIGURED);
        assertThat(state.withoutInvalidRevisions(0)).isEqualTo(new SwapState(-1, MODEL, 7, true, CONFIGURED));
        state = new SwapState(7, MODEL, Long.MAX_VALUE, false, CONFIGURED);
        assertThat(state.withoutInvalidRevisions(0)).isEqualTo(new SwapState(7, MODEL, -1, false, CONFIGURED));
    }

    @Test
    void whatWasSeenOnlyRises() {
        SwapState state = new SwapState(7, MODEL, 7, false, CONFIGURED);
        assertThat(state.withSeen(6)).isEqualTo(state);
        assertThat(state.withSeen(8)).isEqualTo(new SwapState(8, MODEL, 7, false, CONFIGURED));
        assertThat(state.withCommitted(8, CONFIGURED)).isEqualTo(new SwapState(8, CONFIGURED, 8, false, CONFIGURED));
        assertThat(state.withConfigured(MODEL)).isEqualTo(new SwapState(7, null, -1, true, MODEL));
    }
}
