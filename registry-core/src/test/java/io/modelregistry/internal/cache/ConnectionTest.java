package io.modelregistry.internal.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.internal.cache.CacheSettings.Reach;
import io.modelregistry.internal.cache.CacheSettings.Reports;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageReadOnlyException;
import io.modelregistry.storage.WriteConflictException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When the store is asked, and who hears of it. */
class ConnectionTest {
    private final List<String> heard = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final Connection connection = connection(Reach.CACHE_IF_UNREACHABLE);

    private Connection connection(Reach reach) {
        return new Connection(
                Caches.settings(Path.of("cache"), reach, new Reports() {
                    @Override
                    public void offline(String why) {
                        heard.add(why);
                    }

                    @Override
                    public void online() {
                        heard.add("online");
                    }
                }),
                nanos::get);
    }

    @Test
    void aLostStoreIsAskedAgainAfterAPauseAndItsReturnIsTold() {
        assertThat(connection.isAsked()).isTrue();
        assertThat(connection.isLost(new ConnectException("refused"))).isTrue();
        assertThat(connection.isAsked()).isFalse();
        nanos.addAndGet(Connection.PAUSE.toNanos());
        assertThat(connection.isAsked()).isTrue();
        assertThat(connection.isLost(new ConnectException("refused again"))).isTrue();
        assertThat(connection.isAsked()).isFalse();
        nanos.addAndGet(Connection.PAUSE.toNanos());
        connection.answered();
        connection.answered();
        assertThat(connection.isAsked()).isTrue();
        assertThat(heard).containsExactly("refused", "online");
    }

    @Test
    void ofManyWhoComeAfterThePauseOneAsksAndTheOthersNeedNotWait() {
        connection.isLost(new ConnectException("refused"));
        nanos.addAndGet(Connection.PAUSE.toNanos());
        assertThat(connection.isAsked()).isTrue();
        assertThat(connection.isAsked()).isFalse();
        nanos.addAndGet(Connection.PAUSE.toNanos());
        assertThat(connection.isAsked())
                .as("the one who asks has not come back")
                .isTrue();
    }

    @Test
    void anErrorOfTheStoreIsAnAnswer() {
        connection.isLost(new ConnectException("refused"));
        assertThat(connection.isLost(new NoSuchKeyException(null, "none", null)))
                .isFalse();
        assertThat(connection.isAsked()).isTrue();
        assertThat(heard).containsExactly("refused", "online");
    }

    @Test
    void anErrorThatSaysNothingChangesNothing() {
        connection.isLost(new ConnectException("refused"));
        assertThat(connection.isLost(new IOException("disk"))).isFalse();
        assertThat(connection.isAsked()).isFalse();
    }

    @Test
    void aFailureThatWasMadeOnThisHostIsNoAnswer() {
        connection.isLost(new ConnectException("refused"));
        for (IOException local : List.of(
                new StorageException(null, "the thread was interrupted", new InterruptedIOException()),
                new StorageClosedException(null, "closed", null),
                new StorageReadOnlyException(null, "read-only", null),
                new StorageException(null, "its content is shorter than declared", null))) {
            assertThat(connection.isLost(local)).isFalse();
        }
        assertThat(connection.isAsked()).isFalse();
        assertThat(heard).containsExactly("refused");
        connection.isLost(new WriteConflictException(null, "it was changed", null));
        assertThat(heard).containsExactly("refused", "online");
    }

    @Test
    void whatTheRegistryMadeOfAFailureIsNoneOfTheStore() {
        RegistryException refused =
                new RegistryException(ErrorCode.INVALID, "a source", new SocketTimeoutException("of the host"));
        assertThat(connection.isLost(new IOException("a source", refused))).isFalse();
        assertThat(connection.isAsked()).isTrue();
        assertThat(heard).isEmpty();
    }

    @Test
    void whoDoesNotWantTheCacheIsNeverServedFromIt() {
        Connection plain = connection(Reach.STORE);
        assertThat(plain.isLost(new ConnectException("refused"))).isFalse();
        assertThat(plain.isAsked()).isTrue();
        Connection alone = connection(Reach.CACHE_ONLY);
        assertThat(alone.isAsked()).isFalse();
        assertThat(heard).isEmpty();
    }
}
