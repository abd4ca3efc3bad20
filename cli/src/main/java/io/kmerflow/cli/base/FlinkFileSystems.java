package io.kmerflow.cli.base;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigConstants;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;

/**
 * Flink's file systems in a process of the command: plugins in the folder of {@code FLINK_PLUGINS_DIR}, with their settings from Flink's
 * configuration in the folder of {@code FLINK_CONF_DIR}.
 */
public final class FlinkFileSystems {
    /** Beginnings of the keys that file systems have; nothing else of a cluster's configuration counts here. */
    private static final List<String> PREFIXES =
            List.of("s3.", "s3a.", "s3p.", "fs.", "presto.", "gs.", "hive.", "flink.hadoop.");

    private static boolean initialized;

    private FlinkFileSystems() {}

    /** Settings of file systems, none without {@code FLINK_CONF_DIR}. */
    public static Configuration settings() {
        String folder = System.getenv(ConfigConstants.ENV_FLINK_CONF_DIR);
        if (folder == null || !Files.isRegularFile(Path.of(folder, GlobalConfiguration.FLINK_CONF_FILENAME))) {
            return new Configuration();
        }
        Map<String, String> settings =
                new HashMap<>(GlobalConfiguration.loadConfiguration(folder).toMap());
        settings.keySet().removeIf(key -> PREFIXES.stream().noneMatch(key::startsWith));
        return Configuration.fromMap(settings);
    }

    /** Makes them known to this process, which Flink does only where a cluster starts. */
    public static synchronized void initialize() {
        if (!initialized) {
            Configuration settings = settings();
            FileSystem.initialize(settings, PluginUtils.createPluginManagerFromRootFolder(settings));
            initialized = true;
        }
    }
}
