package io.modelregistry.storage.fs;

import io.modelregistry.storm.Disturbance;
import io.modelregistry.storm.FaultStorm;
import io.modelregistry.storm.NodeFault;
import io.modelregistry.storm.StormStores;
import java.util.ArrayList;
import java.util.List;

/** Disturbs calls of the node, and calls of the disk below it. */
class FileSystemFaultStormTest extends FaultStorm {
    @Override
    protected StormStores stores() {
        return new FolderStores();
    }

    @Override
    protected List<Disturbance> disturbances() {
        List<Disturbance> all = new ArrayList<>(List.of(DiskFault.values()));
        all.addAll(List.of(NodeFault.values()));
        return all;
    }

    @Override
    protected double share() {
        return 0.15;
    }

    @Override
    protected int mostCalls() {
        return 60;
    }
}
