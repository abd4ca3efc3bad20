package io.kmerflow.cli.topic;

import io.kmerflow.cli.base.CommandFailure;
import java.util.Locale;

/** There is no topic of that name, or not yet. */
public final class NoTopicException extends CommandFailure {
    private static final long serialVersionUID = 1L;

    NoTopicException(String topic, String bootstrapServers) {
        super(String.format(Locale.ROOT, "Expected a topic '%s' at %s, there is none", topic, bootstrapServers));
    }
}
