package io.kmerflow.job.deadletter;

import java.io.Serializable;

/**
 * What of the input a dead letter keeps: human reads are personal data, so by default nothing but the place.
 *
 * @param keepPayload whether the input itself goes along
 * @param hmacKey key of an HMAC-SHA-256 of the input, or null for none
 */
public record DeadLetterPolicy(boolean keepPayload, byte[] hmacKey) implements Serializable {
    /** Nothing but the place. */
    public static final DeadLetterPolicy PLACE_ONLY = new DeadLetterPolicy(false, null);
}
