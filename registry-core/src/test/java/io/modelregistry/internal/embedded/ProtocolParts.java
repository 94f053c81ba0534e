package io.modelregistry.internal.embedded;

import io.modelregistry.internal.maintenance.PageCollector;
import io.modelregistry.internal.maintenance.VersionCollector;

/** What a client is made of; flaws are planted by making other parts. */
interface ProtocolParts {
    /** The protocol as documented. */
    ProtocolParts STANDARD = new ProtocolParts() {};

    /** Registers and commits. */
    default Engine.Protocol protocol() {
        return Engine.Protocol.STANDARD;
    }

    /** Collects what was uploaded. */
    default VersionCollector versionCollector(Engine engine) {
        return new VersionCollector(engine.node, engine.settings.environment());
    }

    /** Collects pages. */
    default PageCollector pageCollector(Engine engine) {
        return new PageCollector(engine.node, engine.heads, engine.committer);
    }
}
