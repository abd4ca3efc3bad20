package io.kmerflow.pretraining.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a key of a YAML file, on the component of the record that holds its value: its default and what it means, here and
 * nowhere else. {@link SettingsTree} fills the defaults in, {@link SettingsReference} prints them.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
    /** What the key means, with its unit and the values that it takes; a sentence or two. */
    String value();

    /** Value without the key, as YAML; empty where there is none, or where it depends on others as {@link #value} says. */
    String byDefault() default "";
}
