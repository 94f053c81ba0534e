package io.modelregistry.registry;

/** Which part of the newest version a registration without a version raises. */
public enum Increment {
    /** 1.4.2 becomes 2.0.0. */
    MAJOR,
    /** 1.4.2 becomes 1.5.0. */
    MINOR,
    /** 1.4.2 becomes 1.4.3. */
    PATCH
}
