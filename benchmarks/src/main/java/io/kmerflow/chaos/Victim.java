package io.kmerflow.chaos;

/** Which process is killed. */
enum Victim {
    TASK_MANAGER("a task manager"),
    JOB_MANAGER("the job manager"),
    BROKER("the broker");

    private final String words;

    Victim(String words) {
        this.words = words;
    }

    /** In a sentence. */
    String words() {
        return words;
    }
}
