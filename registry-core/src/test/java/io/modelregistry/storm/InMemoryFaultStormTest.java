package io.modelregistry.storm;

class InMemoryFaultStormTest extends FaultStorm {
    @Override
    protected StormStores stores() {
        return new MemoryStores();
    }
}
