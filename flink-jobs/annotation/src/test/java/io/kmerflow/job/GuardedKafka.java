package io.kmerflow.job;

import io.kmerflow.kafka.EmbeddedKafka;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker whose users log in with a password (SASL PLAIN) and may do what rules say: {@code admin} everything, {@code job}
 * what it is allowed.
 */
public final class GuardedKafka implements AutoCloseable {
    private static final String LOGIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"";
    private static final String JOB = "job";

    private final EmbeddedKafka kafka;
    private final Admin admin;

    public GuardedKafka() throws Exception {
        Map<String, String> broker = new HashMap<>();
        broker.put("listener.security.protocol.map", "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
        broker.put("sasl.enabled.mechanisms", "PLAIN");
        broker.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        broker.put(
                "listener.name.plaintext.plain.sasl.jaas.config",
                String.format(Locale.ROOT, LOGIN, "admin", "admin") + " user_admin=\"admin\" user_job=\"job\";");
        broker.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        broker.put("super.users", "User:admin;User:ANONYMOUS"); // the controller, which has no login
        kafka = new EmbeddedKafka(broker);
        admin = Admin.create(new HashMap<>(clients("admin")));
    }

    public String servers() {
        return kafka.bootstrapServers();
    }

    /** Properties with which that user logs in, the servers among them. */
    public Map<String, String> clients(String user) {
        Map<String, String> properties = new HashMap<>(login(user));
        properties.put("bootstrap.servers", servers());
        return properties;
    }

    /** Properties with which {@code job} logs in. */
    public Map<String, String> login() {
        return login(JOB);
    }

    private static Map<String, String> login(String user) {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                String.format(Locale.ROOT, LOGIN, user, user) + ";");
    }

    /** Creates a topic of one partition. */
    public void topic(String name, Map<String, String> settings) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(settings)))
                .all()
                .get();
        Await.until("the topic " + name, () -> admin.listTopics().names().get().contains(name));
    }

    /** Deletes a topic. */
    public void delete(String name) throws Exception {
        admin.deleteTopics(List.of(name)).all().get();
    }

    /** Deletes a topic and creates another one of that name, at once. */
    public void recreate(String name, Map<String, String> settings) throws Exception {
        delete(name);
        Await.until("no topic " + name, () -> !admin.listTopics().names().get().contains(name));
        topic(name, settings);
    }

    /** Changes a setting of a topic. */
    public void set(String topic, String key, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    /** Lets {@code job} do that. */
    public void allow(ResourceType type, String name, AclOperation operation) throws Exception {
        admin.createAcls(List.of(rule(type, name, operation, AclPermissionType.ALLOW)))
                .all()
                .get();
    }

    /** Forbids it, whatever was allowed before. */
    public void deny(ResourceType type, String name, AclOperation operation) throws Exception {
        admin.createAcls(List.of(rule(type, name, operation, AclPermissionType.DENY)))
                .all()
                .get();
    }

    private static AclBinding rule(
            ResourceType type, String name, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:" + JOB, "*", operation, permission));
    }

    @Override
    public void close() {
        admin.close();
        kafka.close();
    }
}
