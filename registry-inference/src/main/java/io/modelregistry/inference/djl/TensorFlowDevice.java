package io.modelregistry.inference.djl;

import ai.djl.Device;
import io.modelregistry.inference.DeviceUnavailableException;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.proto.ConfigProto;

/**
 * Where TensorFlow places the operators of a model. One GPU at most: its index is a setting of the process, which DJL
 * makes.
 */
enum TensorFlowDevice {
    CPU(LoadOptions.CPU),
    GPU("cuda:0");

    private final String id;

    TensorFlowDevice(String id) {
        this.id = id;
    }

    /** The ids of what is there, {@code cpu} first. */
    static List<String> offered() {
        return TensorFlowEngine.start().getGpuCount() > 0 ? List.of(CPU.id, GPU.id) : List.of(CPU.id);
    }

    /**
     * The device that the options ask for, or the best one for {@code auto}.
     *
     * @throws DeviceUnavailableException if it is not there
     */
    static TensorFlowDevice choose(ModelSource source, LoadOptions options) {
        List<String> offered = offered();
        String requested = options.device().toLowerCase(Locale.ROOT);
        if (requested.equals(LoadOptions.AUTO_DEVICE)) {
            return offered.contains(GPU.id) ? GPU : CPU;
        }
        return find(requested)
                .filter(device -> offered.contains(device.id))
                .orElseThrow(() -> new DeviceUnavailableException(source.id(), options.device(), offered, null));
    }

    private static Optional<TensorFlowDevice> find(String name) {
        return switch (name) {
            case "cpu", "cpu:0" -> Optional.of(CPU);
            case "cuda", "cuda:0", "gpu", "gpu:0" -> Optional.of(GPU);
            default -> Optional.empty();
        };
    }

    String id() {
        return id;
    }

    Device toDjl() {
        return this == CPU ? Device.cpu() : Device.gpu(0);
    }

    /** Keeps a model on the CPU off the GPU, which TensorFlow would choose by itself. */
    void configure(ConfigProto.Builder config) {
        if (this == CPU) {
            config.putDeviceCount("GPU", 0);
        } else {
            config.setAllowSoftPlacement(true);
        }
    }
}
