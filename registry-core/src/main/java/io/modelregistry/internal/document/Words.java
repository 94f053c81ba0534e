package io.modelregistry.internal.document;

import java.util.Locale;

/** The constants of enums as documents spell them: {@code STEP_ADVANCED} is {@code step-advanced}. */
final class Words {
    private Words() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads a word back. */
    static <E extends Enum<E>> E read(JsonObject json, String field, Class<E> type) throws MalformedDocumentException {
        String word = json.text(field);
        for (E constant : type.getEnumConstants()) {
            if (of(constant).equals(word)) {
                return constant;
            }
        }
        throw json.wrong(field, "a word that this version of the library knows");
    }
}
