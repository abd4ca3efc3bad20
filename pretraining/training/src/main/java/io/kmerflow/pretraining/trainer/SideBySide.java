package io.kmerflow.pretraining.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Work on this thread and on others at once. Whatever happens, memory that runs out included, it ends only when none of the
 * work runs any more: what the work uses may be freed then.
 */
final class SideBySide {
    private SideBySide() {}

    /**
     * Runs all of it, the first on this thread.
     *
     * @param others runs the rest
     * @return what each gave, in order
     * @throws RuntimeException or Error: the first failure, those behind it suppressed
     */
    static <T> List<T> run(ExecutorService others, List<Supplier<T>> work) {
        List<Future<T>> running = new ArrayList<>();
        List<T> results = new ArrayList<>();
        Throwable failure = null;
        try {
            for (Supplier<T> each : work.subList(1, work.size())) {
                running.add(others.submit((Callable<T>) each::get));
            }
            results.add(work.get(0).get());
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        boolean interrupted = false;
        for (Future<T> future : running) {
            boolean done = false;
            while (!done) {
                try {
                    results.add(future.get());
                    done = true;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    failure = join(failure, e.getCause());
                    done = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure; // suppliers throw no others
        }
        return results;
    }

    private static Throwable join(Throwable first, Throwable next) {
        if (first == null) {
            return next;
        }
        if (first != next) {
            first.addSuppressed(next);
        }
        return first;
    }
}
