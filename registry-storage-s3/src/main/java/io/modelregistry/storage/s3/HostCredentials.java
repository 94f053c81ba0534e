package io.modelregistry.storage.s3;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;

/**
 * Where the host's credentials come from, as the SDK is given it: the SDK closes what it is handed, and the host's
 * provider is the host's to close. What the provider throws is told from failures of requests, as nothing was sent.
 *
 * @param provider the host's
 */
record HostCredentials<T extends AwsCredentialsIdentity>(IdentityProvider<T> provider) implements IdentityProvider<T> {
    @Override
    public Class<T> identityType() {
        return provider.identityType();
    }

    @Override
    public CompletableFuture<? extends T> resolveIdentity(ResolveIdentityRequest request) {
        try {
            return asked(provider.resolveIdentity(request));
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    private static <I> CompletableFuture<I> asked(CompletableFuture<I> answer) {
        return answer.handle((identity, failure) -> {
            if (failure == null) {
                return identity;
            }
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            throw cause instanceof RuntimeException known ? failed(known) : new CompletionException(cause);
        });
    }

    private static RuntimeException failed(RuntimeException e) {
        return e instanceof AbortedException
                ? e
                : SdkClientException.create(
                        "The credentials provider failed: " + e.getMessage(), new UnavailableException(e));
    }

    /** The host's provider gave no credentials. */
    static final class UnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnavailableException(RuntimeException cause) {
            super("the credentials provider failed, expected credentials", cause);
        }
    }
}
