package io.kmerflow.cli.serving;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** A mixin of switches that set options of the job. */
@Command
public abstract class JobSwitches {
    private final List<JobSwitch<?>> switches;

    JobSwitches(JobSwitch<?>... switches) {
        this.switches = List.of(switches);
    }

    /** Adds the switches of their mixins to a command and to all commands below it; picocli knows annotated fields alone. */
    public static void install(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        for (CommandSpec mixin : spec.mixins().values()) {
            if (mixin.userObject() instanceof JobSwitches given) {
                given.switches.forEach(one -> spec.addOption(one.spec()));
            }
        }
        command.getSubcommands().values().forEach(JobSwitches::install);
    }

    /** The switch of each job option that has one, by its key, over a command and all commands below it. */
    public static Map<String, String> namesByKey(CommandLine command) {
        Map<String, String> names = new TreeMap<>();
        for (CommandSpec mixin : command.getCommandSpec().mixins().values()) {
            if (mixin.userObject() instanceof JobSwitches given) {
                given.switches.forEach(one -> names.put(one.option().key(), one.name()));
            }
        }
        command.getSubcommands().values().forEach(next -> names.putAll(namesByKey(next)));
        return names;
    }

    /** Sets what was given. */
    void addTo(Configuration job) {
        switches.forEach(one -> one.addTo(job));
    }

    /** What the job gets for an option: as given, else its default; null if it has none. */
    <T> T get(ConfigOption<T> option) {
        Configuration job = new Configuration();
        addTo(job);
        return job.getOptional(option).orElse(option.defaultValue());
    }
}
