package io.kmerflow.job.deadletter;

import java.io.Serializable;

/**
 * What of the input a dead letter keeps: human reads are personal data, so by default nothing but the place. Travels with the
 * job, whose graph the job manager stores and shows; a key therefore stays in its file and is read where the job runs.
 *
 * @param keepPayload whether the input itself goes along
 * @param hmacKeyFile file on every task manager whose bytes are the key of an HMAC-SHA-256 of the input; null for no HMAC
 */
public record DeadLetterPolicy(boolean keepPayload, String hmacKeyFile) implements Serializable {
    /** Nothing but the place. */
    public static final DeadLetterPolicy PLACE_ONLY = new DeadLetterPolicy(false, null);
}
