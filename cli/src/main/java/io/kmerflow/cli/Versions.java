package io.kmerflow.cli;

import picocli.CommandLine.IVersionProvider;

/** The version from the jar's manifest. */
final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Versions.class.getPackage().getImplementationVersion();
        return new String[] {"kmerflow " + (version == null ? "(unpackaged)" : version)};
    }
}
