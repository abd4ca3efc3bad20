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
    private static final int KILLED_BY_SIGNAL = 128 + 15;

    private volatile boolean asked;
    private final List<Runnable> restore = new ArrayList<>();

    public SignalTrap() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object own = Proxy.newProxyInstance(
                    SignalTrap.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            caught();
                            return null;
                        }
                        return switch (method.getName()) {
                            case "equals" -> proxy == arguments[0];
                            case "hashCode" -> System.identityHashCode(proxy);
                            default -> "signal-trap";
                        };
                    });
            Method handle = signal.getMethod("handle", signal, handler);
            for (String name : SIGNALS) {
                Object one = signal.getConstructor(String.class).newInstance(name);
                Object before = handle.invoke(null, one, own);
                restore.add(() -> restore(handle, one, before));
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return; // signals end the process as ever
        }
    }

    private void caught() {
        if (asked) {
            Runtime.getRuntime().halt(KILLED_BY_SIGNAL);
        }
        asked = true;
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
        return asked;
    }

    @Override
    public void close() {
        restore.forEach(Runnable::run);
    }
}
