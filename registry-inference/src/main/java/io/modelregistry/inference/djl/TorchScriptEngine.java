package io.modelregistry.inference.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.engine.PtEngineProvider;
import io.modelregistry.inference.Availability;
import io.modelregistry.inference.DeviceUnavailableException;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** PyTorch as DJL starts it, once per process. */
final class TorchScriptEngine {
    static final String INTRA_OP_THREADS = "ai.djl.pytorch.num_threads";

    private static final String INTER_OP_THREADS = "ai.djl.pytorch.num_interop_threads";
    private static final String CUDA = "cuda:";
    private static final Object STARTING = new Object();

    private TorchScriptEngine() {}

    static Availability availability() {
        try {
            start();
            return Availability.AVAILABLE;
        } catch (LinkageError | RuntimeException e) {
            // Missing classes, a missing native library and an unsuitable C library all end here.
            return TorchScriptPredictorProvider.unavailable(e);
        }
    }

    /** The running engine; starts it the first time, which unpacks its library into DJL's cache. */
    static Engine start() {
        synchronized (STARTING) {
            DjlSettings.stayOffline();
            DjlSettings.defaultToOneThread(INTRA_OP_THREADS, INTER_OP_THREADS);
            // Found also where the thread's class loader does not see DJL's own registration.
            Engine.registerEngine(new PtEngineProvider());
            return Engine.getEngine(PtEngine.ENGINE_NAME);
        }
    }

    /** What is there, {@code cpu} first. */
    static List<String> devices() {
        List<String> ids = new ArrayList<>();
        ids.add(LoadOptions.CPU);
        int gpus = start().getGpuCount();
        for (int i = 0; i < gpus; i++) {
            ids.add(CUDA + i);
        }
        return ids;
    }

    /**
     * The device that the options ask for, or the best one for {@code auto}.
     *
     * @throws DeviceUnavailableException if it is not there
     */
    static Device choose(ModelSource source, LoadOptions options) {
        List<String> offered = devices();
        String requested = options.device().toLowerCase(Locale.ROOT);
        String id = switch (requested) {
            case LoadOptions.AUTO_DEVICE -> offered.size() > 1 ? CUDA + 0 : LoadOptions.CPU;
            case "cuda" -> CUDA + 0;
            default -> requested;
        };
        if (!offered.contains(id)) {
            throw new DeviceUnavailableException(source.id(), options.device(), offered, null);
        }
        return id.equals(LoadOptions.CPU) ? Device.cpu() : Device.gpu(Integer.parseInt(id.substring(CUDA.length())));
    }

    static String id(Device device) {
        return device.isGpu() ? CUDA + device.getDeviceId() : LoadOptions.CPU;
    }
}
