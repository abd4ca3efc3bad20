package io.kmerflow.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;

/** The arrows between modules and between packages, over all classes of the product. */
@AnalyzeClasses(packages = "io.kmerflow", importOptions = ArrowsTest.NoTests.class)
class ArrowsTest {
    /** Test classes of other modules come in jars. */
    static final class NoTests implements ImportOption {
        private final ImportOption notHere = new DoNotIncludeTests();

        @Override
        public boolean includes(Location location) {
            return notHere.includes(location) && !location.contains("-tests.jar");
        }
    }

    private static final String GENERATED = "io.kmerflow.benchmark.jmh_generated";

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.kmerflow.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule CORE_KNOWS_THE_JDK_ONLY = noClasses()
            .that()
            .resideInAnyPackage(Room.SEQUENCE_CORE.packages().toArray(String[]::new))
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
            .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "io.kmerflow.job..", "io.kmerflow.files..");

    @ArchTest
    static void modulesUseTheModulesTheyKnow(JavaClasses classes) {
        LayeredArchitecture modules = layers();
        for (Room room : Room.values()) {
            modules = modules.layer(room.name()).definedBy(room.packages().toArray(String[]::new));
        }
        for (Room room : Room.values()) {
            String[] known = room.knows().stream().map(Room::name).toArray(String[]::new);
            modules = known.length == 0
                    ? modules.whereLayer(room.name()).mayNotAccessAnyLayer()
                    : modules.whereLayer(room.name()).mayOnlyAccessLayers(known);
        }
        modules.check(classes);
    }

    @ArchTest
    static void packagesUseThoseBelowThem(JavaClasses classes) {
        for (Room room : Room.values()) {
            List<String> packages = room.packages();
            LayeredArchitecture order = layers();
            for (String name : packages) {
                order = order.layer(name).definedBy(name);
            }
            for (int i = 0; i < packages.size(); i++) {
                String[] below = packages.subList(0, i).toArray(String[]::new);
                order = below.length == 0
                        ? order.whereLayer(packages.get(i)).mayNotAccessAnyLayer()
                        : order.whereLayer(packages.get(i)).mayOnlyAccessLayers(below);
            }
            order.check(classes.that(resideInAnyPackage(packages.toArray(String[]::new))));
        }
    }

    /** A package without a layer fails the test, and so does a layer without a class. */
    private static LayeredArchitecture layers() {
        return layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .ensureAllClassesAreContainedInArchitectureIgnoring(GENERATED);
    }
}
