package io.kmerflow.pretraining.settings;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The reference of a kind of settings in Markdown, from their declarations. */
public final class SettingsReference {
    private SettingsReference() {}

    /** A table of the keys of a record, then of the records in it, each below its key. */
    public static String of(Class<? extends Record> type) {
        StringBuilder text = new StringBuilder();
        append(text, type, "");
        return text.toString();
    }

    private static String byDefault(RecordComponent component, Setting setting) {
        if (setting.byDefault().isEmpty()) {
            return component.getType().isPrimitive() ? "required" : "";
        }
        return setting.byDefault().equals("{}") ? "" : "`" + setting.byDefault() + "`"; // its keys have theirs
    }

    private static void append(StringBuilder text, Class<?> type, String at) {
        Map<String, Class<?>> inner = new LinkedHashMap<>();
        text.append("\n| key | default | meaning |\n|---|---|---|\n");
        for (RecordComponent component : type.getRecordComponents()) {
            Setting setting = component.getAnnotation(Setting.class);
            if (setting == null) {
                throw new IllegalStateException(
                        "Expected a declaration of every key, got none of " + component.getName() + " in " + type);
            }
            text.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %s | %s |\n",
                    component.getName(),
                    byDefault(component, setting),
                    setting.value().replace("|", "\\|")));
            Type element = SettingsTree.elements(component.getGenericType());
            if ((element == null ? component.getType() : element) instanceof Class<?> record && record.isRecord()) {
                inner.put(at + component.getName() + (element == null ? "" : "[]"), record);
            }
        }
        inner.forEach((key, record) -> {
            text.append("\n`").append(key).append("`:\n");
            append(text, record, key + ".");
        });
    }
}
