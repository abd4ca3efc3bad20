package io.kmerflow.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help;

/** The groups in which {@code kmerflow --help} lists its commands, in the order a user meets them. */
enum CommandGroup {
    ANNOTATE("Annotate files of reads", "quickstart", "annotate", "inspect"),
    SERVE(
            "Annotate reads on Kafka",
            "broker",
            "ingest",
            "serve",
            "view",
            "tail",
            "sql",
            "schemas",
            "publish",
            "models",
            "backfill"),
    CORPUS("Make training data of the reads on Kafka", "label", "snapshot", "forget"),
    TRAIN("Train models", "pretrain", "finetune", "import", "export", "keys", "profile", "retrain", "loop-demo"),
    MEASURE("Measure models and the job", "evaluate", "diff", "study", "bench", "chaos"),
    MAINTAIN("Maintain an installation", "doctor", "gpu-check", "package", "help");

    private final String heading;
    private final List<String> commands;

    CommandGroup(String heading, String... commands) {
        this.heading = heading;
        this.commands = List.of(commands);
    }

    /** What the group is for. */
    String heading() {
        return heading;
    }

    /** Names of its commands, in order. */
    List<String> commands() {
        return commands;
    }

    /** All groups with the first sentence on each command. */
    static String list(Help help) {
        StringBuilder text = new StringBuilder();
        for (CommandGroup group : values()) {
            Map<String, Help> members = new LinkedHashMap<>();
            group.commands.forEach(name -> members.put(name, help.subcommands().get(name)));
            text.append(help.createHeading("%n" + group.heading + ":%n")).append(help.commandList(members));
        }
        return text.toString();
    }
}
