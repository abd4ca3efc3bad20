package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.scoring.TestModel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FirstModelTest {
    private static final ModelRef CONFIGURED = new ModelRef("test", "1", "sha256:a", "/a");
    private static final ModelRef PUBLISHED = new ModelRef("test", "2", "sha256:b", "/b");
    private static final ModelRef CHANGED = new ModelRef("test", "1", "sha256:c", "/a");

    /** Bundles by their place. */
    private record Disk(String place, Map<String, ModelRef> bundles) implements SessionFactory {
        private static Disk of(String place, ModelRef... bundles) {
            Map<String, ModelRef> byPlace = new HashMap<>();
            for (ModelRef bundle : bundles) {
                byPlace.put(bundle.uri(), bundle);
            }
            return new Disk(place, byPlace);
        }

        @Override
        public boolean isPlace(String uri) {
            return uri.equals(place);
        }

        @Override
        public ModelRef configured() {
            if (!bundles.containsKey(place)) {
                throw new IllegalStateException("Expected a bundle in " + place);
            }
            return bundles.get(place);
        }

        @Override
        public OpenModel open(int subtask) {
            return new TestModel().open(subtask, configured(), null);
        }

        @Override
        public OpenModel open(int subtask, ModelRef model, Succession served) throws ModelRefusedException {
            if (!model.equals(bundles.get(model.uri()))) {
                throw new ModelRefusedException(Refusal.Code.BROKEN_BUNDLE, "nothing in " + model.uri(), null);
            }
            return new TestModel().open(subtask, model, served);
        }
    }

    @AfterEach
    void everySessionIsClosed() {
        assertThat(TestModel.OPEN_SESSIONS).hasValue(0);
    }

    private static void assertServes(
            SessionFactory disk, boolean allowed, Set<ModelRef> restored, Set<ModelRef> decided, ModelRef... expected)
            throws Exception {
        FirstModel.Choice choice = new FirstModel(disk, allowed).open(0, restored, decided);
        try (OpenModel model = choice.model()) {
            assertThat(model.ref()).isEqualTo(expected[0]);
            assertThat(choice.configured()).isEqualTo(expected[1]);
        }
    }

    @Test
    void withoutACheckpointTheConfiguredModelServes() throws Exception {
        for (boolean allowed : new boolean[] {false, true}) {
            assertServes(Disk.of("/a", CONFIGURED), allowed, Set.of(), Set.of(), CONFIGURED, CONFIGURED);
        }
    }

    @Test
    void aPublishedModelServesOnWhereTheConfiguredOneHasNotChanged() throws Exception {
        Disk disk = Disk.of("/a", CONFIGURED, PUBLISHED);
        for (boolean allowed : new boolean[] {false, true}) {
            assertServes(disk, allowed, Set.of(PUBLISHED), Set.of(CONFIGURED), PUBLISHED, CONFIGURED);
        }
    }

    @Test
    void aConfiguredModelThatHasChangedServesWhereThatIsAllowed() throws Exception {
        Disk disk = Disk.of("/a", CHANGED, PUBLISHED);
        assertServes(disk, true, Set.of(PUBLISHED), Set.of(CONFIGURED), CHANGED, CHANGED);
        assertServes(disk, false, Set.of(PUBLISHED), Set.of(CONFIGURED), PUBLISHED, CONFIGURED);
        ModelRef version = new ModelRef("test", "1.1", CONFIGURED.digest(), "/a");
        assertServes(Disk.of("/a", version, PUBLISHED), true, Set.of(PUBLISHED), Set.of(CONFIGURED), version, version);
    }

    @Test
    void aChangeThatWasNotAllowedIsTakenOnceItIs() throws Exception {
        Disk disk = Disk.of("/a", CHANGED, PUBLISHED);
        FirstModel.Choice before = new FirstModel(disk, false).open(0, Set.of(PUBLISHED), Set.of(CONFIGURED));
        before.model().close();
        assertServes(disk, true, Set.of(PUBLISHED), Set.of(before.configured()), CHANGED, CHANGED);
    }

    @Test
    void aConfiguredBundleThatWasMovedHasNotChanged() throws Exception {
        ModelRef moved = new ModelRef("test", "1", "sha256:a", "/moved");
        assertServes(
                Disk.of("/moved", moved, PUBLISHED),
                true,
                Set.of(PUBLISHED),
                Set.of(CONFIGURED),
                PUBLISHED,
                CONFIGURED);
    }

    @Test
    void aConfiguredBundleThatIsGoneHasNotChangedUnlessItsPlaceHas() throws Exception {
        assertServes(Disk.of("/a", PUBLISHED), true, Set.of(PUBLISHED), Set.of(CONFIGURED), PUBLISHED, CONFIGURED);
        FirstModel elsewhere = new FirstModel(Disk.of("/elsewhere", PUBLISHED), true);
        assertThatThrownBy(() -> elsewhere.open(0, Set.of(PUBLISHED), Set.of(CONFIGURED)))
                .hasMessage("Expected a bundle in /elsewhere");
        FirstModel nowhere = new FirstModel(Disk.of("", PUBLISHED), true);
        assertThatThrownBy(() -> nowhere.open(0, Set.of(PUBLISHED), Set.of(new ModelRef("test", "1", "sha256:a", ""))))
                .hasMessage("Expected a bundle in ");
    }

    @Test
    void aCheckpointThatDoesNotSayWhatWasConfiguredGoesByWhatIsAllowed() throws Exception {
        Disk disk = Disk.of("/a", CONFIGURED, PUBLISHED);
        assertServes(disk, false, Set.of(PUBLISHED), Set.of(), PUBLISHED, null);
        assertServes(disk, true, Set.of(PUBLISHED), Set.of(), CONFIGURED, CONFIGURED);
    }

    @Test
    void aPublishedModelThatIsLostIsAnErrorAndAnotherPlaceOfTheConfiguredOneAWayOut() throws Exception {
        for (boolean allowed : new boolean[] {false, true}) {
            FirstModel first = new FirstModel(Disk.of("/a", CONFIGURED), allowed);
            assertThatThrownBy(() -> first.open(0, Set.of(PUBLISHED), Set.of(CONFIGURED)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "Expected the checkpoint's model sha256:b, which cannot be loaded (nothing in /b), got the"
                                    + " bundle test 1 (sha256:a); put it back, or allow the model to change and configure another"
                                    + " place than before, /a");
        }
        ModelRef copy = new ModelRef("test", "1", "sha256:a", "/copy");
        assertServes(Disk.of("/copy", copy), true, Set.of(PUBLISHED), Set.of(CONFIGURED), copy, copy);
        FirstModel forbidden = new FirstModel(Disk.of("/copy", copy), false);
        assertThatThrownBy(() -> forbidden.open(0, Set.of(PUBLISHED), Set.of()))
                .hasMessageContaining("another place than before, unknown");
    }

    @Test
    void theCheckpointsModelMayHaveBeenMovedToTheConfiguredPlace() throws Exception {
        ModelRef moved = new ModelRef("test", "2", "sha256:b", "/moved");
        assertServes(Disk.of("/moved", moved), false, Set.of(PUBLISHED), Set.of(PUBLISHED), moved, PUBLISHED);
        ModelRef unknownPlace = new ModelRef("", "", "sha256:b", "");
        assertServes(Disk.of("/moved", moved), false, Set.of(unknownPlace), Set.of(), moved, null);
    }

    @Test
    void aCheckpointWithTwoModelsIsRefused() {
        FirstModel first = new FirstModel(Disk.of("/a", CONFIGURED, PUBLISHED), false);
        assertThatThrownBy(() -> first.open(0, Set.of(PUBLISHED, CONFIGURED), Set.of(CONFIGURED)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Expected one model in the checkpoint, got ");
    }
}
