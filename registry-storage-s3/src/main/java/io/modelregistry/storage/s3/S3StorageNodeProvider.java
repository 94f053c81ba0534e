package io.modelregistry.storage.s3;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StorageNodeProvider;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;

/**
 * Opens {@code s3://bucket/prefix?region=eu-central-1}: an {@link S3StorageNode}. Parameters: {@code region},
 * {@code endpoint}, {@code path-style=true}, {@code profile}, {@code encryption=AES256|aws:kms}, {@code kms-key},
 * {@code checksums=when-supported|when-required}, {@code part-mib}, {@code threads}, {@code read-only=true}.
 * Credentials are never part of it: they come from the SDK's usual chain.
 */
public final class S3StorageNodeProvider implements StorageNodeProvider {
    private static final String FORM = "s3://bucket/prefix?region=...";

    /** Called by {@link java.util.ServiceLoader}. */
    public S3StorageNodeProvider() {}

    @Override
    public String scheme() {
        return "s3";
    }

    @Override
    public StorageNode open(URI uri) {
        if (!"s3".equalsIgnoreCase(uri.getScheme()) || uri.getRawAuthority() == null) {
            throw refused("it names no bucket", null);
        }
        if (uri.getRawAuthority().contains("@") || uri.getRawAuthority().contains(":")) {
            throw refused("it has more than the bucket's name before the path; secrets do not belong in a URI", null);
        }
        if (uri.getRawFragment() != null) {
            throw refused("it has a fragment", null);
        }
        S3StorageNodeBuilder builder = S3StorageNode.bucket(uri.getRawAuthority());
        if (uri.getPath() != null) {
            builder.prefix(uri.getPath());
        }
        Map<String, String> parameters = parameters(uri.getRawQuery());
        String key = parameters.remove("kms-key");
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            apply(builder, parameter.getKey(), parameter.getValue(), key);
        }
        if (key != null && !"aws:kms".equals(parameters.get("encryption"))) {
            throw refused("kms-key needs encryption=aws:kms", null);
        }
        return builder.build();
    }

    private static void apply(S3StorageNodeBuilder builder, String name, String value, @Nullable String kmsKey) {
        switch (name) {
            case "region" -> builder.region(value);
            case "endpoint" -> builder.endpoint(endpoint(value));
            case "profile" -> builder.credentials(ProfileCredentialsProvider.create(value));
            case "encryption" -> builder.encryption(encryption(value, kmsKey));
            case "checksums" -> builder.checksums(checksums(value));
            case "part-mib" -> builder.partBytes(number(name, value) << 20);
            case "threads" -> builder.threads(number(name, value));
            case "path-style" -> {
                if (flag(name, value)) {
                    builder.pathStyle();
                }
            }
            case "read-only" -> {
                if (flag(name, value)) {
                    builder.readOnly();
                }
            }
            default ->
                throw refused(
                        "its parameter '" + name + "' is not known; region, endpoint, path-style, profile, encryption,"
                                + " kms-key, checksums, part-mib, threads and read-only are",
                        null);
        }
    }

    private static URI endpoint(String value) {
        try {
            return new URI(value);
        } catch (URISyntaxException e) {
            throw refused("its endpoint is no URI", null); // The cause would repeat what may hold a secret.
        }
    }

    private static ServerSideEncryption encryption(String value, @Nullable String kmsKey) {
        return switch (value) {
            case "AES256" -> ServerSideEncryption.managed();
            case "aws:kms" -> kmsKey == null ? ServerSideEncryption.kms() : ServerSideEncryption.kms(kmsKey);
            default -> throw refused("encryption is '" + value + "', and can be AES256 or aws:kms", null);
        };
    }

    private static ChecksumMode checksums(String value) {
        return switch (value) {
            case "when-supported" -> ChecksumMode.WHEN_SUPPORTED;
            case "when-required" -> ChecksumMode.WHEN_REQUIRED;
            default -> throw refused("checksums is '" + value + "', and can be when-supported or when-required", null);
        };
    }

    private static boolean flag(String name, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused(name + " is '" + value + "', and can be true or false", null);
        };
    }

    private static int number(String name, String value) {
        try {
            int number = Integer.parseInt(value);
            int most = 512;
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw refused(name + " is '" + value + "', and can be a number", e);
        }
        throw refused(name + " is '" + value + "', and can be 1 to 512", null);
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            if (equals < 1) {
                throw refused("its parameter '" + parameter + "' has no value", null);
            }
            String name = URLDecoder.decode(parameter.substring(0, equals), StandardCharsets.UTF_8);
            String value = URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8);
            if (parameters.put(name, value) != null) {
                throw refused("it has the parameter '" + name + "' twice", null);
            }
        }
        return parameters;
    }

    private static IllegalArgumentException refused(String why, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "Cannot open the S3 storage URI: %s, expected %s".formatted(why, FORM), cause);
    }
}
