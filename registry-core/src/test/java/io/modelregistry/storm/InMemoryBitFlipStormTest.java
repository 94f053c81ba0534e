package io.modelregistry.storm;

class InMemoryBitFlipStormTest extends BitFlipStorm {
    @Override
    protected StormStores stores() {
        return new MemoryStores();
    }
}
