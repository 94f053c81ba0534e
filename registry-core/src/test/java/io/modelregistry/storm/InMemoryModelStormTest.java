package io.modelregistry.storm;

class InMemoryModelStormTest extends ModelStorm {
    @Override
    protected StormStores stores() {
        return new MemoryStores();
    }
}
