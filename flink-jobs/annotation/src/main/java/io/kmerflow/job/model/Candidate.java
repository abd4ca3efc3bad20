package io.kmerflow.job.model;

/**
 * A model being loaded on a thread of its own while another serves. Whatever goes wrong there, memory that runs out above
 * all, refuses it: whoever waits for it always hears. Whoever discards it early leaves nothing open.
 */
public final class Candidate {
    private final long revision;
    private final ModelRef model;
    private OpenModel open;
    private volatile LabelChange labels = LabelChange.NONE;
    private Refusal refusal;
    private boolean settled;
    private boolean discarded;

    private Candidate(long revision, ModelRef model) {
        this.revision = revision;
        this.model = model;
    }

    /**
     * Begins to load.
     *
     * @param succession what the candidate must keep to
     * @param done called on the loading thread when it is loaded or refused
     */
    public static Candidate load(
            long revision, ModelRef model, SessionFactory sessions, int subtask, Succession succession, Runnable done) {
        Candidate candidate = new Candidate(revision, model);
        Thread thread = new Thread(
                () -> {
                    candidate.run(sessions, subtask, succession);
                    done.run();
                },
                "kmerflow-load-" + subtask);
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // no thread to be had
            candidate.settle(null, refusal(e));
            done.run();
        }
        return candidate;
    }

    private void run(SessionFactory sessions, int subtask, Succession succession) {
        try {
            OpenModel loaded = sessions.open(subtask, model, succession);
            labels = succession == null
                    ? LabelChange.NONE
                    : succession.labelChange(loaded.identity().contract());
            settle(loaded, null);
        } catch (ModelRefusedException e) {
            settle(null, e.refusal());
        } catch (Exception | Error e) {
            settle(null, refusal(e));
        }
    }

    private static Refusal refusal(Throwable error) {
        return new Refusal(Refusal.Code.NOT_LOADABLE, error.toString());
    }

    private synchronized void settle(OpenModel loaded, Refusal why) {
        settled = true;
        refusal = why;
        open = loaded;
        if (discarded) {
            discard();
        }
    }

    /** Of its announcement. */
    public long revision() {
        return revision;
    }

    ModelRef model() {
        return model;
    }

    /** Whether it is loaded or refused. */
    public synchronized boolean settled() {
        return settled;
    }

    /** Why it is refused; null if it is not, or not yet known. */
    public synchronized Refusal refusal() {
        return refusal;
    }

    /** Labels that come and go with it, once it is loaded. */
    LabelChange labels() {
        return labels;
    }

    /** The loaded model; from now on the caller closes it. */
    public synchronized OpenModel take() {
        OpenModel taken = open;
        open = null;
        return taken;
    }

    /** Closes it, now or once it is loaded. */
    public synchronized void discard() {
        discarded = true;
        if (open != null) {
            open.close();
            open = null;
        }
    }
}
