package io.kmerflow.cli.base;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes SIGINT and SIGTERM while a run goes on, and turns the first into a question it can ask; the second ends the process at once.
 * Unlike {@link StopSignal}, the JVM does not begin to shut down: ONNX Runtime's own shutdown hook would release its environment under
 * a model that still scores, and crash the process. Java has no public class for signals; where the one it has cannot be had, signals end
 * the process as ever.
 */
public final class SignalTrap implements AutoCloseable {
    private static final List<String> SIGNALS = List.of("INT", "TERM");
    /** What a shell says of a process that a signal ended: this and the signal's number. */
    private static final int KILLED = 128;

    private static final int NOT_ASKED = 0;

    private volatile int signal = NOT_ASKED;
    private final List<Runnable> restore = new ArrayList<>();

    public SignalTrap() {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Method number = type.getMethod("getNumber");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object own = Proxy.newProxyInstance(
                    SignalTrap.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            caught((Integer) number.invoke(arguments[0]));
                            return null;
                        }
                        return switch (method.getName()) {
                            case "equals" -> proxy == arguments[0];
                            case "hashCode" -> System.identityHashCode(proxy);
                            default -> "signal-trap";
                        };
                    });
            Method handle = type.getMethod("handle", type, handler);
            for (String name : SIGNALS) {
                Object one = type.getConstructor(String.class).newInstance(name);
                Object before = handle.invoke(null, one, own);
                restore.add(() -> restore(handle, one, before));
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return; // signals end the process as ever
        }
    }

    private void caught(int number) {
        if (asked()) {
            Runtime.getRuntime().halt(KILLED + number);
        }
        signal = number;
    }

    private static void restore(Method handle, Object signal, Object before) {
        try {
            handle.invoke(null, signal, before);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e); // it worked before
        }
    }

    /** Whether the process was asked to end. */
    public boolean asked() {
        return signal != NOT_ASKED;
    }

    /** Exit code of a process that was asked to end: 143 after SIGTERM, 130 after SIGINT. */
    public int exitCode() {
        return KILLED + signal;
    }

    @Override
    public void close() {
        restore.forEach(Runnable::run);
    }
}
