package io.modelregistry.inference.djl;

import ai.djl.engine.Engine;
import ai.djl.tensorflow.engine.TfEngine;
import ai.djl.tensorflow.engine.TfEngineProvider;
import io.modelregistry.inference.Availability;
import java.io.File;
import org.bytedeco.javacpp.Loader;
import org.tensorflow.internal.c_api.global.tensorflow;

/** TensorFlow as DJL starts it, once per process. */
final class TensorFlowEngine {
    static final String INTRA_OP_THREADS = "ai.djl.tensorflow.num_intraop_threads";

    private static final String INTER_OP_THREADS = "ai.djl.tensorflow.num_interop_threads";
    private static final String LIBRARY_PATH = "TENSORFLOW_LIBRARY_PATH";
    private static final Object STARTING = new Object();

    private TensorFlowEngine() {}

    static Availability availability() {
        try {
            start();
            return Availability.AVAILABLE;
        } catch (LinkageError | RuntimeException e) {
            // Missing classes, a missing native library and an unsuitable C library all end here, mostly as an Error.
            return TensorFlowPredictorProvider.unavailable(e);
        }
    }

    /**
     * The running engine; starts it the first time, which unpacks its library into JavaCPP's cache.
     *
     * <p>The settings come before the first touch of DJL, whose classes act on them while they are initialised.
     */
    static Engine start() {
        synchronized (STARTING) {
            DjlSettings.stayOffline();
            DjlSettings.defaultToOneThread(INTRA_OP_THREADS, INTER_OP_THREADS);
            // Made first, so that no library is unpacked for an engine that is not there.
            TfEngineProvider provider = new TfEngineProvider();
            if (!DjlSettings.isSet(LIBRARY_PATH)) {
                locateLibrary();
            }
            // Found also where the thread's class loader does not see DJL's own registration.
            Engine.registerEngine(provider);
            return Engine.getEngine(TfEngine.ENGINE_NAME);
        }
    }

    /** DJL looks for a library of its own, which is not published, unless it is told where one lies. */
    private static void locateLibrary() {
        File library = new File(Loader.load(tensorflow.class));
        File folder = library.getParentFile();
        if (folder != null) {
            System.setProperty(LIBRARY_PATH, folder.toString());
        }
    }
}
