package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The device that was asked for is not there; nothing was loaded onto another one. */
public final class DeviceUnavailableException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String device;
    private final String[] available;

    /**
     * Describes an absent device.
     *
     * @param model the model that was to be loaded
     * @param device the device as it was asked for
     * @param available what the engine offers here
     * @param cause the engine's refusal, if there was one
     */
    public DeviceUnavailableException(String model, String device, List<String> available, @Nullable Throwable cause) {
        super(
                ErrorCode.UNAVAILABLE,
                "Cannot load model '%s': device '%s' is not available, expected one of %s or 'auto'"
                        .formatted(model, device, available),
                cause);
        this.device = device;
        this.available = available.toArray(String[]::new);
    }

    /** The device as it was asked for. */
    public String device() {
        return device;
    }

    /** What the engine offers here. */
    public List<String> available() {
        return List.of(available);
    }

    /** False: a device does not appear in a running process. */
    @Override
    public boolean isRetryable() {
        return false;
    }
}
