package io.kmerflow.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the houses, over all classes of the product. */
@AnalyzeClasses(packages = "io.kmerflow", importOptions = DoNotIncludeTests.class)
class ArrowsTest {
    @ArchTest
    static final ArchRule ARROWS_POINT_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("core")
            .definedBy("io.kmerflow.sequence..", "io.kmerflow.token..", "io.kmerflow.contract..")
            .layer("schemas")
            .definedBy("io.kmerflow.schema..")
            .layer("runtime")
            .definedBy("io.kmerflow.bundle..", "io.kmerflow.scoring..")
            .layer("jobs")
            .definedBy("io.kmerflow.job..")
            .layer("pretraining")
            .definedBy("io.kmerflow.pretraining..")
            .layer("export")
            .definedBy("io.kmerflow.export..")
            .layer("benchmarks")
            .definedBy("io.kmerflow.benchmark..")
            .layer("kafka")
            .definedBy("io.kmerflow.kafka..")
            .layer("cli")
            .definedBy("io.kmerflow.cli..")
            .whereLayer("core")
            .mayNotAccessAnyLayer()
            .whereLayer("schemas")
            .mayNotAccessAnyLayer()
            .whereLayer("kafka")
            .mayNotAccessAnyLayer()
            .whereLayer("runtime")
            .mayOnlyAccessLayers("core")
            .whereLayer("pretraining")
            .mayOnlyAccessLayers("core")
            .whereLayer("jobs")
            .mayOnlyAccessLayers("core", "schemas", "runtime")
            .whereLayer("export")
            .mayOnlyAccessLayers("core", "schemas", "runtime", "pretraining")
            .whereLayer("benchmarks")
            .mayOnlyAccessLayers("core", "schemas", "runtime", "pretraining", "jobs", "kafka");

    @ArchTest
    static final ArchRule CORE_KNOWS_THE_JDK_ONLY = noClasses()
            .that()
            .resideInAnyPackage("io.kmerflow.sequence..", "io.kmerflow.token..", "io.kmerflow.contract..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "java..", "io.kmerflow.sequence..", "io.kmerflow.token..", "io.kmerflow.contract..");

    @ArchTest
    static final ArchRule TRAINING_AND_THE_JOB_NEVER_MEET = noClasses()
            .that()
            .resideInAnyPackage("io.kmerflow.pretraining..", "io.kmerflow.export..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "io.kmerflow.job..");
}
