package io.modelregistry;

import io.modelregistry.cache.LocalCache;
import io.modelregistry.cache.Offline;
import io.modelregistry.model.Caller;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the environment of a process says about its registry: the variables that begin with {@code MODEL_REGISTRY_}. An
 * unknown one is refused, since it is one that was misspelled; not so those that Kubernetes gives every container of a
 * namespace that has services with names such as {@code model-registry} or {@code model-registry-db}. Nothing reads
 * them unless it is told to. Immutable.
 *
 * <table>
 * <caption>Variables</caption>
 * <tr><td>{@code MODEL_REGISTRY_STORAGE}</td><td>the URI of the store, such as {@code s3://bucket/prefix?region=...},
 *     {@code file:/var/models} or {@code memory:}; required</td></tr>
 * <tr><td>{@code MODEL_REGISTRY_CACHE}</td><td>the folder of the local cache; none by default</td></tr>
 * <tr><td>{@code MODEL_REGISTRY_CACHE_BYTES}</td><td>what the cache may hold, such as {@code 20GiB}</td></tr>
 * <tr><td>{@code MODEL_REGISTRY_OFFLINE}</td><td>{@code fail}, {@code serve-cached} or {@code cache-only}: see
 *     {@link Offline}</td></tr>
 * <tr><td>{@code MODEL_REGISTRY_FRESHNESS}</td><td>how long what was read answers without asking the store, such as
 *     {@code 5s} or {@code PT5S}</td></tr>
 * <tr><td>{@code MODEL_REGISTRY_ACTOR}</td><td>in whose name it acts, such as {@code service:churn}</td></tr>
 * <tr><td>{@code MODEL_REGISTRY_REPLICAS}</td><td>how many calls of a model run at once, unless the host says so</td></tr>
 * <tr><td>{@code MODEL_REGISTRY_THREADS}</td><td>how many threads one prediction may use, unless the host says so</td></tr>
 * <tr><td>{@code MODEL_REGISTRY_MEMORY}</td><td>how much memory loaded models may take, such as {@code 8GiB}, unless the
 *     host says so</td></tr>
 * </table>
 */
public final class RegistryEnvironment {
    private static final String PREFIX = "MODEL_REGISTRY_";
    private static final Set<String> KNOWN =
            Set.of("STORAGE", "CACHE", "CACHE_BYTES", "OFFLINE", "FRESHNESS", "ACTOR", "REPLICAS", "THREADS", "MEMORY");
    /** Kubernetes: "Accessing the Service", environment variables. */
    private static final Pattern OF_A_SERVICE =
            Pattern.compile("(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    /** What it says of the port of a service without a number. */
    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private static final Pattern BYTES = Pattern.compile("([1-9][0-9]{0,18})\\s*(B|KIB|MIB|GIB|TIB)?");
    private static final Pattern SPAN = Pattern.compile("([0-9]{1,12})\\s*(ms|s|m|h)");
    private static final int MOST = 10_000;
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final Map<String, String> variables;

    private RegistryEnvironment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    /**
     * What variables say; those of other programs may be among them.
     *
     * @param variables usually {@link System#getenv()}
     * @throws InvalidValueException if a variable of ours is unknown
     */
    public static RegistryEnvironment of(Map<String, String> variables) {
        for (String name : new TreeSet<>(variables.keySet())) {
            String value = variables.getOrDefault(name, "");
            if (name.startsWith(PREFIX) && !isAllowed(name.substring(PREFIX.length()), value)) {
                throw new InvalidValueException("variable", name, "it is not known", "one of " + new TreeSet<>(KNOWN));
            }
        }
        return new RegistryEnvironment(variables);
    }

    private static boolean isAllowed(String name, String value) {
        return KNOWN.contains(name)
                || OF_A_SERVICE.matcher(name).matches()
                || (name.endsWith("PORT") && ADDRESS.matcher(value).matches());
    }

    /**
     * Opens the registry that the variables name.
     *
     * @throws InvalidValueException if they name none, or one of them cannot be understood
     */
    public ModelRegistry open() {
        return builder().open();
    }

    /** The same, for a host that decides more. */
    public ModelRegistries.Builder builder() {
        Optional<LocalCache> cache = cache();
        Duration freshness = freshness();
        Optional<Caller> actor = actor();
        replicas();
        threads();
        memoryBytes();
        StorageNode node = ModelRegistries.node(storage());
        ModelRegistries.Builder builder = ModelRegistries.builder(node).freshness(freshness);
        cache.ifPresent(builder::cache);
        actor.ifPresent(builder::actor);
        return builder;
    }

    /** The URI of the store. */
    public URI storage() {
        String text = find("STORAGE")
                .orElseThrow(() -> new InvalidValueException(
                        "variable",
                        PREFIX + "STORAGE",
                        "it is not set",
                        "the URI of a store, such as file:/var/models"));
        try {
            return new URI(text.equals("memory:") ? "memory:new" : text); // A URI needs something behind its scheme.
        } catch (URISyntaxException e) {
            throw new InvalidValueException(
                    "variable",
                    PREFIX + "STORAGE",
                    "it is no URI (" + e.getReason() + ")",
                    "one such as file:/var/models");
        }
    }

    /** The local cache; empty if there is to be none. */
    public Optional<LocalCache> cache() {
        Optional<LocalCache> folder = parsed("CACHE", "the path of a folder", text -> LocalCache.at(Path.of(text)));
        if (folder.isEmpty()) {
            for (String name : new String[] {"CACHE_BYTES", "OFFLINE"}) {
                if (find(name).isPresent()) {
                    throw new InvalidValueException(
                            "variable", PREFIX + name, "there is no cache", PREFIX + "CACHE beside it");
                }
            }
            return folder;
        }
        LocalCache cache = folder.get();
        Optional<Long> most = parsed("CACHE_BYTES", "a size such as 20GiB", RegistryEnvironment::bytes);
        if (most.isPresent()) {
            cache = cache.maxBytes(most.get());
        }
        Optional<Offline> offline = parsed("OFFLINE", "fail, serve-cached or cache-only", RegistryEnvironment::offline);
        return Optional.of(offline.isPresent() ? cache.offline(offline.get()) : cache);
    }

    /** How long what was read answers without asking the store; zero by default. */
    public Duration freshness() {
        return parsed("FRESHNESS", "a duration such as 5s or PT5S", RegistryEnvironment::duration)
                .orElse(Duration.ZERO);
    }

    private Optional<Caller> actor() {
        return parsed("ACTOR", "a principal such as service:churn", text -> Caller.of(Principal.parse(text)));
    }

    /** How many calls of a model run at once; empty if it is left open. */
    public OptionalInt replicas() {
        return number("REPLICAS");
    }

    /** How many threads one prediction may use; empty if it is left open. */
    public OptionalInt threads() {
        return number("THREADS");
    }

    /** How much memory loaded models may take, in bytes; empty if it is left open. */
    public OptionalLong memoryBytes() {
        Optional<Long> most = parsed("MEMORY", "a size such as 8GiB", RegistryEnvironment::bytes);
        return most.isPresent() ? OptionalLong.of(most.get()) : OptionalLong.empty();
    }

    private Optional<String> find(String name) {
        return Optional.ofNullable(variables.get(PREFIX + name))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private OptionalInt number(String name) {
        Optional<Integer> number = parsed(name, "a number from 1 to " + MOST, text -> {
            int value = Integer.parseInt(text);
            if (value < 1 || value > MOST) {
                throw new IllegalArgumentException("out of range");
            }
            return value;
        });
        return number.isPresent() ? OptionalInt.of(number.get()) : OptionalInt.empty();
    }

    private <T> Optional<T> parsed(String name, String expected, Function<String, T> parse) {
        Optional<String> text = find(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Objects.requireNonNull(parse.apply(text.get())));
        } catch (IllegalArgumentException | DateTimeException | InvalidValueException e) {
            throw new InvalidValueException("variable", PREFIX + name, "it is '" + text.get() + "'", expected);
        }
    }

    private static long bytes(String text) {
        Matcher matcher = BYTES.matcher(text.toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no size");
        }
        String unit = matcher.group(2);
        int shift = unit == null ? 0 : 10 * "BKMGT".indexOf(unit.charAt(0));
        long number = Long.parseLong(matcher.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("too large");
        }
        return number << shift;
    }

    private static Duration duration(String text) {
        Duration duration = span(text);
        if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("out of range");
        }
        return duration;
    }

    private static Duration span(String text) {
        Matcher matcher = SPAN.matcher(text);
        if (!matcher.matches()) {
            return Duration.parse(text);
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    private static Offline offline(String text) {
        return switch (text) {
            case "fail" -> Offline.FAIL;
            case "serve-cached" -> Offline.SERVE_CACHED;
            case "cache-only" -> Offline.CACHE_ONLY;
            default -> throw new IllegalArgumentException("unknown");
        };
    }
}
