package io.kmerflow.cli.serving;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.TrustedKeys;
import io.kmerflow.job.JobOptions;
import java.nio.file.Path;

/** Whose signature a bundle needs. */
final class SignatureOption extends JobSwitches {
    static final String NAME = "--require-signature";
    static final String LABEL = "KEYS";

    SignatureOption() {
        super(JobSwitch.of(JobOptions.MODEL_REQUIRE_SIGNATURE, NAME).label(LABEL));
    }

    /** @throws io.kmerflow.bundle.BundleException if a signature is asked for and the bundle has none by a trusted key */
    void check(ModelBundle bundle) {
        check(bundle, this);
    }

    /** The same for other switches that have this one among them. */
    static void check(ModelBundle bundle, JobSwitches switches) {
        String keys = switches.get(JobOptions.MODEL_REQUIRE_SIGNATURE);
        if (keys != null) {
            TrustedKeys.read(Path.of(keys)).require(bundle);
        }
    }
}
