package io.kmerflow.cases;

import io.kmerflow.kafka.EmbeddedKafka;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs every check of the table on a folder of cases and prints what is right and wrong; see docs/cases.md. */
public final class RunCases {
    private static final int RIGHT = 0;
    private static final int WRONG = 1;
    private static final int USAGE = 2;
    /** Most seconds of one command; a hanging one is wrong, not for ever. */
    private static final int COMMAND_SECONDS = 900;

    private final Path home;
    private final Path cases;
    private final Path work;
    private final String broker;

    private enum Verdict {
        RIGHT,
        WRONG,
        /** Wrong, as the table says it is today. */
        LATER
    }

    private record Result(Check check, Verdict verdict, List<String> wrong) {}

    private RunCases(Path home, Path cases, Path work, String broker) {
        this.home = home;
        this.cases = cases;
        this.work = work;
        this.broker = broker;
    }

    /** @param args folder of the project, table, folder of cases, work folder, commands at a time, names of cases or none for all */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path cases = Path.of(args[2]).toAbsolutePath().normalize();
        if (!Files.isDirectory(cases)) {
            out.printf(Locale.ROOT, "run-cases: Expected a folder of cases, got %s%n", cases);
            System.exit(USAGE);
        }
        Set<String> only = Set.copyOf(List.of(args).subList(5, args.length));
        List<Check> checks = CaseTable.read(Path.of(args[1])).stream()
                .filter(check -> only.isEmpty() || only.contains(check.caseName()))
                .toList();
        Set<String> folders = folders(cases, only);
        boolean needsBroker = checks.stream()
                .flatMap(check -> check.steps().stream())
                .anyMatch(step -> step.command().contains("$BROKER"));
        int exit;
        try (EmbeddedKafka kafka = needsBroker ? EmbeddedKafka.start() : null) {
            String broker = kafka == null ? "" : kafka.bootstrapServers();
            RunCases run = new RunCases(Path.of(args[0]).toAbsolutePath(), cases, Path.of(args[3]), broker);
            exit = run.all(checks, folders, Integer.parseInt(args[4]), out);
        }
        System.exit(exit);
    }

    private static Set<String> folders(Path cases, Set<String> only) throws IOException {
        try (Stream<Path> paths = Files.list(cases)) {
            return paths.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .filter(name -> only.isEmpty() || only.contains(name))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private int all(List<Check> checks, Set<String> folders, int jobs, PrintStream out)
            throws IOException, InterruptedException, ExecutionException {
        Map<String, List<Future<Result>>> byCase = new LinkedHashMap<>();
        ExecutorService pool = Executors.newFixedThreadPool(jobs);
        try {
            for (Check check : checks) {
                byCase.computeIfAbsent(check.caseName(), name -> new ArrayList<>())
                        .add(pool.submit(() -> run(check)));
            }
            int right = 0;
            int wrong = 0;
            int later = 0;
            int wrongChecks = 0;
            for (Map.Entry<String, List<Future<Result>>> entry : byCase.entrySet()) {
                List<Result> results = new ArrayList<>();
                for (Future<Result> future : entry.getValue()) {
                    results.add(future.get());
                }
                boolean absent = !folders.remove(entry.getKey());
                boolean bad = absent || results.stream().anyMatch(result -> result.verdict() == Verdict.WRONG);
                out.printf(
                        Locale.ROOT, "%-6s %s (%d checks)%n", bad ? "WRONG" : "right", entry.getKey(), results.size());
                if (absent) {
                    out.printf(Locale.ROOT, "       expected the folder %s, got none%n", cases.resolve(entry.getKey()));
                }
                for (Result result : results) {
                    Check check = result.check();
                    if (result.verdict() != Verdict.RIGHT) {
                        out.printf(
                                Locale.ROOT,
                                "       %s, line %d: %s%s%n",
                                check.title(),
                                check.line(),
                                String.join("; ", result.wrong()),
                                result.verdict() == Verdict.LATER ? " (later: " + check.later() + ")" : "");
                    }
                    wrongChecks += result.verdict() == Verdict.WRONG ? 1 : 0;
                    later += result.verdict() == Verdict.LATER ? 1 : 0;
                }
                right += bad ? 0 : 1;
                wrong += bad ? 1 : 0;
            }
            for (String unknown : folders) {
                out.printf(Locale.ROOT, "WRONG  %s: expected a check in the table, got none%n", unknown);
                wrong++;
            }
            out.printf(
                    Locale.ROOT,
                    "%d cases: %d right, %d wrong; %d checks: %d wrong, %d expected later%n",
                    right + wrong,
                    right,
                    wrong,
                    checks.size(),
                    wrongChecks,
                    later);
            return wrong == 0 && right > 0 ? RIGHT : WRONG;
        } finally {
            pool.shutdownNow();
        }
    }

    private Result run(Check check) throws IOException, InterruptedException {
        Path top = Files.createTempDirectory(Files.createDirectories(work), check.caseName() + "-");
        Path folder = Files.createDirectory(top.resolve("run"));
        List<String> wrong = new ArrayList<>();
        for (Check.Step step : check.steps()) {
            CommandResult result = command(check, step.command(), top, folder);
            List<String> sentences = new ArrayList<>();
            for (List<Expectation> answer : step.answers()) {
                String sentence = wrong(answer, result);
                if (sentence == null) {
                    sentences.clear();
                    break;
                }
                sentences.add(sentence);
            }
            if (!sentences.isEmpty()) {
                wrong.add(String.join(", or ", sentences));
            }
        }
        delete(top);
        if (wrong.isEmpty()) {
            return new Result(check, Verdict.RIGHT, wrong);
        }
        return new Result(check, check.later() == null ? Verdict.WRONG : Verdict.LATER, wrong);
    }

    /** The first thing that is wrong, or null. */
    private static String wrong(List<Expectation> answer, CommandResult result) {
        for (Expectation expectation : answer) {
            String sentence;
            try {
                sentence = expectation.wrong(result);
            } catch (IOException | RuntimeException e) {
                sentence = e.getMessage() == null ? e.toString() : e.getMessage();
            }
            if (sentence != null) {
                // Of a failed run the message is the interesting part.
                boolean exit = expectation instanceof Expectation.ExitCode;
                return exit ? sentence + ", standard error: " + Cells.shown(result.err()) : sentence;
            }
        }
        return null;
    }

    /** Runs a command with bash, as a user types it: {@code kmerflow} is on the path. */
    private CommandResult command(Check check, String command, Path top, Path folder)
            throws IOException, InterruptedException {
        Path script =
                top.resolve("command.sh"); // in a file, so that names beyond ASCII do not depend on this JVM's locale
        Files.writeString(script, "IN=\"$CASES/" + check.caseName() + "\"\n" + command + "\n", StandardCharsets.UTF_8);
        ProcessBuilder builder = new ProcessBuilder(
                "timeout", "-k", "10", String.valueOf(COMMAND_SECONDS), "bash", "-o", "pipefail", script.toString());
        builder.directory(folder.toFile());
        builder.redirectOutput(top.resolve("out").toFile());
        builder.redirectError(top.resolve("err").toFile());
        builder.redirectInput(Path.of("/dev/null").toFile());
        Map<String, String> environment = builder.environment();
        environment.put("CASES", cases.toString());
        environment.put("BROKER", broker);
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("KMERFLOW_NO_BUILD", "1");
        environment.put("PATH", home + ":" + environment.get("PATH"));
        int exit = builder.start().waitFor();
        return new CommandResult(exit, text(top.resolve("out")), text(top.resolve("err")), folder);
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException error) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
