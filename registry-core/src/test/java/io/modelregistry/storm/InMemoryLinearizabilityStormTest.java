package io.modelregistry.storm;

class InMemoryLinearizabilityStormTest extends LinearizabilityStorm {
    @Override
    protected StormStores stores() {
        return new MemoryStores();
    }
}
