package io.kmerflow.cluster;

import io.kmerflow.kafka.EmbeddedKafka;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Main class of the broker's process. */
final class BrokerMain {
    private BrokerMain() {}

    /** @param args folder of the log, port */
    public static void main(String[] args) throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.at(Path.of(args[0]), Integer.parseInt(args[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
        System.out.println("Kafka at " + kafka.bootstrapServers());
        new CountDownLatch(1).await();
    }
}
