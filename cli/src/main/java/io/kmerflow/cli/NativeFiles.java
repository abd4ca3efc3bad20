package io.kmerflow.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Removes the folder below the temporary folder into which ONNX Runtime unpacks its libraries. ONNX Runtime asks the JVM to
 * delete the files at exit and after them the folder, and the JVM goes by the last request first: the folder, which is not empty
 * then, stays. Which folder is this process's the kernel says, since its libraries are mapped.
 */
final class NativeFiles {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final String PREFIX = "onnxruntime-java";

    private NativeFiles() {}

    /** At the end of this process, also by SIGTERM and SIGINT; does nothing where there is no Linux kernel to ask. */
    static void removeAtExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(NativeFiles::remove, "remove-native-files"));
    }

    private static void remove() {
        try {
            for (Path folder : mapped()) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                    for (Path file : files) {
                        Files.deleteIfExists(file); // mapped until the process is gone
                    }
                }
                Files.deleteIfExists(folder);
            }
        } catch (IOException | InvalidPathException e) {
            return; // whoever cleans the temporary folder will do it
        }
    }

    private static Set<Path> mapped() throws IOException {
        Set<Path> folders = new HashSet<>();
        if (!Files.isReadable(MAPS)) {
            return folders;
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
        for (String line : Files.readAllLines(MAPS)) {
            int start = line.indexOf('/');
            Path folder = start < 0 ? null : Path.of(line.substring(start)).getParent();
            if (folder != null
                    && temporary.equals(folder.getParent())
                    && folder.getFileName().toString().startsWith(PREFIX)
                    && Files.isDirectory(folder)) {
                folders.add(folder);
            }
        }
        return folders;
    }
}
