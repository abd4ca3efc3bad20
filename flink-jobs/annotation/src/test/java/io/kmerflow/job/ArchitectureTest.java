package io.kmerflow.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.kmerflow.job", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String PLAIN =
            "(ScoringPipeline|ReadQueue|ReadInFlight|ReadWindowTask|WindowBatch|ScoringSettings).*";

    @ArchTest
    static final ArchRule batchingKnowsNoFlink = noClasses()
            .that()
            .resideInAPackage("..batch..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache..");

    @ArchTest
    static final ArchRule annotatingKnowsNoFlink = noClasses()
            .that()
            .resideInAPackage("..annotate..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..");

    @ArchTest
    static final ArchRule thePipelineKnowsNoFlink = noClasses()
            .that()
            .haveNameMatching(".*\\.scoring\\." + PLAIN)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..");

    @ArchTest
    static final ArchRule onlyTheKafkaEndsKnowKafka = noClasses()
            .that()
            .resideOutsideOfPackages("..job.kafka..", "..job.ingest..", "io.kmerflow.job")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.apache.flink.connector.kafka..");
}
