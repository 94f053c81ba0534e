package io.modelregistry.storm;

import io.modelregistry.storage.WriteCondition;
import java.util.function.BiPredicate;

/** A write of the protocol at which a process may die. */
public enum KillPoint {
    /** A version is claimed. */
    CLAIM((key, condition) -> isVersion(key) && condition instanceof WriteCondition.IfAbsent),
    /** A file is uploaded. */
    FILE((key, condition) -> key.endsWith("/model.bin")),
    /** A version is sealed. */
    SEAL((key, condition) -> isVersion(key) && condition instanceof WriteCondition.IfMatches),
    /** An event is copied to the history. */
    HISTORY((key, condition) -> key.contains("/_history/")),
    /** A head is written. */
    HEAD((key, condition) -> key.endsWith("/_model.json")),
    /** A full part of the table is written. */
    PAGE((key, condition) -> key.contains("/_pages/"));

    private final BiPredicate<String, WriteCondition> isHere;

    KillPoint(BiPredicate<String, WriteCondition> isHere) {
        this.isHere = isHere;
    }

    private static boolean isVersion(String key) {
        return key.endsWith("_meta.json") && !key.endsWith("/_meta.json");
    }

    boolean isAt(String key, WriteCondition condition) {
        return isHere.test(key, condition);
    }

    /** When, seen from the write. */
    public enum When {
        /** It has not begun. */
        BEFORE,
        /** Half of its content was read. */
        AMID,
        /** It is done, and its caller does not know. */
        AFTER
    }
}
