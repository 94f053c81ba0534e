package io.modelregistry.internal.embedded;

import io.modelregistry.internal.embedded.ProtocolAction.Attach;
import io.modelregistry.internal.embedded.ProtocolAction.CollectPages;
import io.modelregistry.internal.embedded.ProtocolAction.CollectVersion;
import io.modelregistry.internal.embedded.ProtocolAction.Files;
import io.modelregistry.internal.embedded.ProtocolAction.Promote;
import io.modelregistry.internal.embedded.ProtocolAction.Read;
import io.modelregistry.internal.embedded.ProtocolAction.Register;
import io.modelregistry.internal.embedded.ProtocolAction.RemoveAlias;
import io.modelregistry.internal.embedded.ProtocolAction.RollBack;
import io.modelregistry.internal.embedded.ProtocolAction.SetAlias;
import io.modelregistry.internal.embedded.ProtocolAction.Upload;
import io.modelregistry.internal.schedule.Faults;
import io.modelregistry.internal.state.VersionTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The programs of the protocol's model, and those that the code adds to them. */
final class ProtocolPrograms {
    private static final String V1 = "1.0.0";
    private static final String V2 = "1.0.1";
    static final String FILLS = "1.0." + (VersionTable.FAN_OUT - 1);
    private static final String FOLLOWS = "1.0." + VersionTable.FAN_OUT;
    private static final Faults ALL = new Faults(1, 1, 1, 1);

    private ProtocolPrograms() {}

    static List<ProtocolProgram> all() {
        return List.of(
                ProtocolProgram.of("A | B", ALL)
                        .client(new Register(V1, Files.A))
                        .client(new Register(V1, Files.B)),
                ProtocolProgram.of("A | B, collected", ALL)
                        .client(new Register(V1, Files.A))
                        .client(new Register(V1, Files.B))
                        .client(new CollectVersion(V1)),
                ProtocolProgram.of("A | A, collected twice", new Faults(1, 1, 1, 0))
                        .client(new Register(V1, Files.A))
                        .client(new Register(V1, Files.A))
                        .client(new CollectVersion(V1), new CollectVersion(V1)),
                ProtocolProgram.of("foreign files, collected", ALL)
                        .client(new Register(V1, Files.A))
                        .client(new Register(V1, Files.SECOND))
                        .client(new CollectVersion(V1)),
                ProtocolProgram.of("auto | auto, collected", ALL)
                        .client(new Register(ProtocolAction.NEXT, Files.A))
                        .client(new Register(ProtocolAction.NEXT, Files.B))
                        .client(new CollectVersion(V1), new CollectVersion(V2)),
                ProtocolProgram.of("upload in parts, collected", ALL)
                        .client(new Upload(V1, Files.A))
                        .client(new Upload(V1, Files.A))
                        .client(new CollectVersion(V1)),
                ProtocolProgram.of("A | B | A", ALL)
                        .client(new Register(V1, Files.A))
                        .client(new Register(V1, Files.B))
                        .client(new Register(V1, Files.A)),
                ProtocolProgram.of("same files, other metadata", ALL)
                        .client(new Register(V1, Files.A))
                        .client(new Register(V1, Files.A_OTHERWISE)),
                ProtocolProgram.of("foreign files", ALL)
                        .client(new Register(V1, Files.A))
                        .client(new Register(V1, Files.SECOND))
                        .client(new Register(V1, Files.FIRST)),
                ProtocolProgram.of("auto | auto, same files", ALL)
                        .client(new Register(ProtocolAction.NEXT, Files.A))
                        .client(new Register(ProtocolAction.NEXT, Files.A)),
                ProtocolProgram.of("auto | auto | explicit", ALL)
                        .client(new Register(ProtocolAction.NEXT, Files.A))
                        .client(new Register(ProtocolAction.NEXT, Files.A))
                        .client(new Register(V1, Files.B)),
                ProtocolProgram.of("register, promote | register, promote", new Faults(1, 2, 1, 1))
                        .client(new Register(V1, Files.FIRST), new Promote(V1))
                        .client(new Register(V2, Files.SECOND), new Promote(V2)),
                ProtocolProgram.of("promote | promote, promote", new Faults(1, 2, 2, 1))
                        .after(new Register(V1, Files.FIRST), new Register(V2, Files.SECOND))
                        .client(new Promote(V1))
                        .client(new Promote(V2))
                        .client(new Promote(V1), new Promote(V2)),
                ProtocolProgram.of("promote | roll back | alias", ALL)
                        .after(
                                new Register(V1, Files.FIRST),
                                new Register(V2, Files.SECOND),
                                new Promote(V1),
                                new Promote(V2))
                        .client(new RollBack(V1), new RollBack(V2))
                        .client(new SetAlias("champion", V1), new Promote(V1))
                        .client(new SetAlias("champion", V2), new RemoveAlias("champion")),
                ProtocolProgram.of("upload in parts | register", ALL)
                        .client(new Upload(V1, Files.A))
                        .client(new Register(V1, Files.A)),
                ProtocolProgram.of("attach | attach | promote", ALL)
                        .after(new Register(V1, Files.FIRST))
                        .client(new Attach(V1, "good"))
                        .client(new Attach(V1, "good"), new Read())
                        .client(new Promote(V1)),
                ProtocolProgram.of("impatient A | A | B", new Faults(1, 2, 2, 1))
                        .client(new Register(V1, Files.A))
                        .client(new Register(V1, Files.A))
                        .client(new Register(V1, Files.B))
                        .impatient(),
                ProtocolProgram.of("impatient promotions", new Faults(1, 2, 2, 1))
                        .after(new Register(V1, Files.FIRST), new Register(V2, Files.SECOND))
                        .client(new Promote(V1), new SetAlias("champion", V1))
                        .client(new Promote(V2), new SetAlias("champion", V2))
                        .impatient(),
                paged("pages | collected, read", new Register(FILLS, Files.FIRST))
                        .client(new CollectPages())
                        .client(new Read(), new Read()),
                paged("pages | pages | collected", new Register(FILLS, Files.FIRST))
                        .client(new Register(FOLLOWS, Files.SECOND))
                        .client(new CollectPages()),
                paged("pages | alias, collected", new Register(FILLS, Files.FIRST))
                        .client(new SetAlias("champion", "1.0.3"), new CollectPages()),
                folding("fold | collected, read", new Attach("1.0.20", "good"))
                        .client(new CollectPages())
                        .client(new Read(), new Read()),
                folding("fold | fold | collected", new Attach("1.0.20", "good"), new CollectPages())
                        .client(new Promote("1.0.21"), new Promote("1.0.22")));
    }

    /** The next version in a page that changes makes its page be rewritten. */
    private static ProtocolProgram folding(String name, ProtocolAction... first) {
        List<ProtocolAction> before = new ArrayList<>(
                Collections.nCopies(VersionTable.FAN_OUT, new Register(ProtocolAction.NEXT, Files.FIRST)));
        for (int version = 0; version < VersionTable.FAN_OUT / 2; version++) {
            before.add(new Attach("1.0." + version, "good"));
        }
        return ProtocolProgram.of(name, new Faults(1, 1, 2, 0))
                .after(before.toArray(ProtocolAction[]::new))
                .client(first);
    }

    /** The next version fills the table, so that its rows move into a page. */
    static ProtocolProgram paged(String name, ProtocolAction... first) {
        ProtocolAction[] before = new ProtocolAction[VersionTable.FAN_OUT - 1];
        Arrays.fill(before, new Register(ProtocolAction.NEXT, Files.FIRST));
        return ProtocolProgram.of(name, new Faults(1, 1, 2, 0)).after(before).client(first);
    }
}
