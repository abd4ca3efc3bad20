package io.kmerflow.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * Runs another main class in a process that must not outlive the one that started it. Standard input is a pipe from there,
 * into which nothing is ever written: it ends when the starter ends, however that comes about. A process id to look for
 * could have been given to somebody else by then, and a shutdown hook of the starter does not run after a SIGKILL.
 */
final class ChildMain {
    /** As a shell says of a process that SIGKILL ended. */
    private static final int KILLED = 137;

    private ChildMain() {}

    /** @param args name of the main class, then its own arguments */
    public static void main(String[] args) throws Throwable {
        InputStream fromStarter = System.in; // before the main class may put another there
        Thread watch = new Thread(() -> endWith(fromStarter), "end-with-starter");
        watch.setDaemon(true);
        watch.start();
        Method main = Class.forName(args[0]).getMethod("main", String[].class);
        main.setAccessible(true); // its class may not be public, which java itself does not ask for either
        try {
            main.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void endWith(InputStream starter) {
        try {
            while (starter.read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            System.err.println("Expected the end of standard input, got " + e);
        }
        // Not exit: hooks of Flink and Kafka would wait for others that have ended in the same moment.
        Runtime.getRuntime().halt(KILLED);
    }
}
