package io.kmerflow.cli.packaging;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** One archive for machines without a JDK, Maven or a network. */
@Command(
        name = "package",
        description = {
            "Packs kmerflow into one archive that runs without a JDK, Maven or a network.",
            "The gzipped tar holds a Java runtime, all libraries, the shipped models and samples, "
                    + "for Linux on x86-64. Unpack it and run kmerflow/kmerflow.",
            "With --release the archive is that of a release, which mvn -Prelease package makes: without the Java runtime, and with the job jar,"
                    + " Flink's libraries, scripts of Flink SQL, schemas, documents and the bill of materials.",
            "It is made from the sources, with the JDK that runs this command. --gpu asks Maven for "
                    + "NVIDIA's libraries (a download of 2.8 GB the first time, kept in ~/.cache/kmerflow); "
                    + "the archive then needs only a driver for CUDA 12. NVIDIA's libraries are under NVIDIA's "
                    + "terms, see docs/gpu.md."
        },
        footer = "kmerflow package --cpu --out kmerflow.tar.gz",
        mixinStandardHelpOptions = true)
public final class PackageCommand implements Callable<Integer> {
    private static final String FOLDER = "kmerflow";
    private static final String LAUNCHERS = "deploy/package";
    private static final Pattern ONNX_RUNTIME = Pattern.compile("onnxruntime(_gpu)?-\\d.*\\.jar");
    private static final String NATIVE_IN_JAR = "ai/onnxruntime/native/";
    private static final String LINUX = NATIVE_IN_JAR + "linux-x64/";

    @Spec
    private CommandSpec spec;

    private static final class Form {
        @Option(names = "--cpu", required = true, description = "Scoring on a CPU.")
        private boolean cpu;

        @Option(names = "--gpu", required = true, description = "Scoring on an NVIDIA GPU, or a CPU.")
        private boolean gpu;

        @Option(
                names = "--release",
                required = true,
                description =
                        "Scoring and training on a CPU, with the Java 17 or later of the machine that it is unpacked on.")
        private boolean release;
    }

    @ArgGroup(multiplicity = "1")
    private Form form;

    @Option(
            names = "--training",
            description = "PyTorch too, for pretrain, finetune, evaluate and export: 110 MB more, 1.5 GB with --gpu.")
    private boolean training;

    @Option(
            names = {"-o", "--out"},
            required = true,
            paramLabel = "FILE",
            description = "The archive, such as kmerflow.tar.gz. FILE.sha256 is written next to it.")
    private Path out;

    @Option(
            names = "--split",
            paramLabel = "SIZE",
            converter = Size.class,
            description =
                    "Write pieces FILE.000, FILE.001 ... of at most SIZE instead (K, M or G for 1,024, 1,024² or 1,024³"
                            + " bytes), and join.sh, which checks and unpacks them.")
    private Long split;

    /** Bytes, as people write them. */
    static final class Size implements ITypeConverter<Long> {
        private static final Pattern WORDS = Pattern.compile("(\\d{1,9})([KMG]?)");

        @Override
        public Long convert(String value) {
            Matcher matcher = WORDS.matcher(value.toUpperCase(Locale.ROOT));
            long bytes = matcher.matches()
                    ? Long.parseLong(matcher.group(1)) << 10 * " KMG".indexOf((matcher.group(2) + " ").charAt(0))
                    : 0;
            if (bytes < 1) {
                throw new TypeConversionException(
                        String.format(Locale.ROOT, "Expected a size such as 36M, got '%s'", value));
            }
            return bytes;
        }
    }

    @Override
    public Integer call() throws Exception {
        if (!Files.isRegularFile(Home.directory().resolve(LAUNCHERS).resolve("kmerflow"))) {
            throw new CommandFailure(
                    "Expected the sources of kmerflow to make a package from, this is a package itself");
        }
        Path target = out.toAbsolutePath();
        if (Files.isDirectory(target)) {
            throw new CommandFailure("Expected a file to write the archive to, " + out + " is a folder");
        }
        Path scratch = Files.createTempDirectory("kmerflow-package");
        SplitOutputStream stream = new SplitOutputStream(target, split == null ? 0 : split);
        try {
            say("native libraries ...");
            NativeFolders natives = form.gpu ? NativeFolders.fetch(training) : null;
            if (!form.release) {
                say("Java runtime ...");
                LinkedRuntime.link(scratch.resolve("runtime"));
            }
            say("archive ...");
            try (ArchiveWriter archive = new ArchiveWriter(stream, form.release ? versioned() : FOLDER)) {
                fill(archive, scratch, natives);
                archive.finish();
            }
            finish(target, stream);
            return ExitCode.FINE;
        } catch (Exception e) {
            stream.discard();
            throw e;
        } finally {
            FileUtils.deleteDirectory(scratch.toFile());
        }
    }

    private static String versioned() {
        String version = PackageCommand.class.getPackage().getImplementationVersion();
        return version == null ? FOLDER : FOLDER + "-" + version;
    }

    private void say(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }

    private void fill(ArchiveWriter archive, Path scratch, NativeFolders natives) throws IOException {
        Path home = Home.directory();
        archive.add("kmerflow", home.resolve(LAUNCHERS).resolve("kmerflow"));
        archive.add("LICENSE", home.resolve("LICENSE"));
        archive.add("etc/java.args", home.resolve("cli/java.args"));
        archive.add("etc/environment.sh", home.resolve("cli/environment.sh"));
        archive.add("etc/commit", System.getProperty("kmerflow.commit", "unknown") + "\n");
        archive.addAll("models", home.resolve("models"));
        archive.addAll("samples", home.resolve("samples"));
        libraries(archive, scratch, natives);
        if (natives != null) {
            archive.addAll("native/onnxruntime", natives.onnxRuntime());
            archive.addAll("native/cuda", natives.cuda());
            archive.add("NVIDIA.txt", home.resolve(LAUNCHERS).resolve("NVIDIA.txt"));
        }
        if (natives != null && training) {
            pytorch(archive, natives);
            archive.addAll("lib-training", natives.pytorchJars());
            archive.add("etc/pytorch.sh", home.resolve(LAUNCHERS).resolve("pytorch.sh"));
        }
        if (form.release) {
            ReleaseFiles.addTo(archive, home);
        } else {
            archive.addAll("runtime", scratch.resolve("runtime"));
        }
    }

    /** PyTorch's own libraries, and for CUDA's, which it knows by names with a hash, links to those that scoring has. */
    private static void pytorch(ArchiveWriter archive, NativeFolders natives) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(natives.pytorch())) {
            files = found.sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            String shared = name.replaceFirst("-[0-9a-f]+\\.so", ".so");
            if (!shared.equals(name) && Files.exists(natives.cuda().resolve(shared))) {
                archive.addLink("native/pytorch/" + name, "../cuda/" + shared);
            } else {
                archive.add("native/pytorch/" + name, file);
            }
        }
        archive.addLink("native/cuda/libcudart.so", "libcudart.so.12"); // DJL counts GPUs with it
    }

    /** The jars; ONNX Runtime's without its native libraries, which lie unpacked beside them. */
    private void libraries(ArchiveWriter archive, Path scratch, NativeFolders natives) throws IOException {
        Path target = Home.directory().resolve("cli/target");
        archive.add("lib/kmerflow-cli.jar", target.resolve("kmerflow-cli.jar"));
        List<Path> jars;
        try (Stream<Path> found = Files.list(target.resolve("lib"))) {
            jars = found.sorted().toList();
        }
        for (Path jar : jars) {
            String name = jar.getFileName().toString();
            if (ONNX_RUNTIME.matcher(name).matches()) {
                Path classes = scratch.resolve(name);
                onnxRuntime(archive, jar, classes, natives == null);
                archive.add("lib/" + name, classes);
            } else if (!name.startsWith("pytorch-") || (training || form.release) && natives == null) {
                archive.add("lib/" + name, jar);
            }
        }
    }

    private static void onnxRuntime(ArchiveWriter archive, Path jar, Path classes, boolean withNatives)
            throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile());
                ZipOutputStream kept = new ZipOutputStream(Files.newOutputStream(classes))) {
            List<? extends ZipEntry> entries = new ArrayList<>(zip.stream().toList());
            for (ZipEntry entry : entries) {
                String name = entry.getName();
                if (entry.isDirectory()) {
                    continue;
                }
                try (InputStream in = zip.getInputStream(entry)) {
                    if (!name.startsWith(NATIVE_IN_JAR)) {
                        ZipEntry same = new ZipEntry(name);
                        same.setTime(entry.getTime());
                        kept.putNextEntry(same);
                        in.transferTo(kept);
                    } else if (withNatives && name.startsWith(LINUX) && !name.contains("_providers_")) {
                        archive.add("native/onnxruntime/" + name.substring(LINUX.length()), in, entry.getSize(), false);
                    }
                }
            }
        }
    }

    private void finish(Path target, SplitOutputStream stream) throws IOException {
        StringBuilder checksums = new StringBuilder();
        stream.checksums()
                .forEach((name, digest) -> checksums.append(String.format(Locale.ROOT, "%s  %s%n", digest, name)));
        String name = target.getFileName().toString();
        Files.writeString(target.resolveSibling(name + ".sha256"), checksums);
        PrintWriter printer = spec.commandLine().getOut();
        long bytes = 0;
        for (Path file : stream.files()) {
            bytes += Files.size(file);
        }
        if (split != null) {
            Path join = target.resolveSibling("join.sh");
            String script = Files.readString(Home.directory().resolve(LAUNCHERS).resolve("join.sh"));
            Files.writeString(join, script.replace("@NAME@", name));
            if (!join.toFile().setExecutable(true, false)) {
                throw new IOException("Expected to make " + join + " executable, the file system refuses it");
            }
            printer.printf(
                    Locale.ROOT,
                    "%s.000 to .%03d, %,d bytes in all; unpack with %s%n",
                    target,
                    stream.files().size() - 1,
                    bytes,
                    join);
        } else {
            printer.printf(Locale.ROOT, "%s, %,d bytes; unpack with tar -xzf%n", target, bytes);
        }
        printer.flush();
    }
}
