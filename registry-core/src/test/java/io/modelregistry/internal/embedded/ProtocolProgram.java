package io.modelregistry.internal.embedded;

import io.modelregistry.internal.embedded.ProtocolClient.Patience;
import io.modelregistry.internal.schedule.Faults;
import java.util.ArrayList;
import java.util.List;

/**
 * What a few clients do, to be interleaved.
 *
 * @param name what it is about
 * @param before what one client has done before the others begin
 * @param clients what each client does
 * @param faults what may go wrong
 * @param patience how often clients try again
 */
record ProtocolProgram(
        String name,
        List<ProtocolAction> before,
        List<List<ProtocolAction>> clients,
        Faults faults,
        Patience patience) {
    ProtocolProgram {
        before = List.copyOf(before);
        clients = clients.stream().map(List::copyOf).toList();
    }

    /** Begins a program. */
    static ProtocolProgram of(String name, Faults faults) {
        return new ProtocolProgram(name, List.of(), List.of(), faults, Patience.ENDLESS);
    }

    /** The same after something was done by a client alone. */
    ProtocolProgram after(ProtocolAction... actions) {
        return new ProtocolProgram(name, List.of(actions), clients, faults, patience);
    }

    /** The same with another client. */
    ProtocolProgram client(ProtocolAction... actions) {
        List<List<ProtocolAction>> more = new ArrayList<>(clients);
        more.add(List.of(actions));
        return new ProtocolProgram(name, before, more, faults, patience);
    }

    /** The same with clients that do not try again. */
    ProtocolProgram impatient() {
        return new ProtocolProgram(name, before, clients, faults, Patience.NONE);
    }

    @Override
    public String toString() {
        return name;
    }
}
