package io.modelregistry.internal.embedded;

import io.modelregistry.deployment.DeploymentStore;
import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.Draft;
import io.modelregistry.internal.commit.Proposal;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.state.HeadState;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.Caller;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.Aliases;
import io.modelregistry.registry.Artifacts;
import io.modelregistry.registry.Attaching;
import io.modelregistry.registry.Editing;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.History;
import io.modelregistry.registry.Metric;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Move;
import io.modelregistry.registry.OutcomeUnknownException;
import io.modelregistry.registry.Page;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.RegisteredModel.Status;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.RetiredModelException;
import io.modelregistry.registry.StaleRevisionException;
import io.modelregistry.registry.Upload;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.registry.VersionSummary;
import io.modelregistry.storage.StorageNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** The registry over a storage node, in the name of one caller. Thread-safe. */
public final class EmbeddedRegistry implements ModelRegistry {
    private final Engine engine;
    private final Resolver resolver;
    private final Registrar registrar;
    private final Ownership ownership;
    private final Principal actor;

    /** Who closes what. */
    private enum Ownership {
        /** Closing closes the registry and the node. */
        REGISTRY_AND_NODE,
        /** Closing closes the registry; the host closes the node. */
        REGISTRY,
        /** Closing does nothing. */
        VIEW
    }

    private EmbeddedRegistry(Engine engine, Registrar registrar, Ownership ownership, Principal actor) {
        this.engine = engine;
        this.resolver = new Resolver(engine.settings.policy());
        this.registrar = registrar;
        this.ownership = ownership;
        this.actor = actor;
    }

    /** Opens a registry that closes the node, also if it cannot be opened. */
    public static EmbeddedRegistry owning(StorageNode node, Settings settings) {
        try {
            return open(new Engine(node, settings), Ownership.REGISTRY_AND_NODE);
        } catch (RuntimeException | Error e) {
            closeAfter(e, node);
            throw e;
        }
    }

    private static void closeAfter(Throwable failure, StorageNode node) {
        try {
            node.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Opens a registry that leaves the node open. */
    public static EmbeddedRegistry borrowing(StorageNode node, Settings settings) {
        return open(new Engine(node, settings), Ownership.REGISTRY);
    }

    /** Opens a registry with other parts of the commit protocol. */
    static EmbeddedRegistry over(Engine engine) {
        return open(engine, Ownership.REGISTRY);
    }

    private static EmbeddedRegistry open(Engine engine, Ownership ownership) {
        engine.document.check();
        return new EmbeddedRegistry(engine, new Registrar(engine), ownership, engine.settings.actor());
    }

    Engine engine() {
        return engine;
    }

    Resolver resolver() {
        return resolver;
    }

    LifecyclePolicy policy() {
        return engine.settings.policy();
    }

    Call call(String reason) {
        return new Call(actor, reason);
    }

    @Override
    public RegisteredVersion register(Registration registration) {
        VersionRow row = registrar.register(registration, call(registration.reason()));
        return committed("register '" + registration.name() + "'", ModelRef.of(registration.name(), row.version()));
    }

    @Override
    public Upload upload(Registration registration) {
        if (registration.object().isPresent()) {
            throw new RegistryException(
                    ErrorCode.INVALID,
                    "Cannot upload '" + registration.name()
                            + "': it has an object, expected files; register it instead");
        }
        return registrar.begin(registration, call(registration.reason()), this);
    }

    @Override
    public Optional<RegisteredModel> findModel(ModelName name) {
        engine.checkOpen("find model '" + name + "'");
        return engine.heads.read(ModelKeys.of(name)).map(EmbeddedRegistry::model);
    }

    static RegisteredModel model(StoredHead head) {
        HeadState state = head.state();
        SortedMap<Alias, ModelVersion> aliases = new TreeMap<>();
        state.aliases().forEach((alias, row) -> aliases.put(alias, row.version()));
        return new RegisteredModel(
                state.identity().name(),
                state.identity().id(),
                head.revision(),
                head.head().entry().event().at(),
                state.facts(),
                aliases,
                state.versions().count(),
                state.newest().stable().map(VersionRow::version),
                state.status());
    }

    @Override
    public Page<RegisteredModel> models(ModelQuery query) {
        engine.checkOpen("list models");
        return ModelListing.models(engine, query);
    }

    @Override
    public Page<ModelName> modelNames(ModelQuery query) {
        engine.checkOpen("list names of models");
        return ModelListing.names(engine, query);
    }

    /** Parses references that are resolved again and again only once. */
    @Override
    public VersionSummary resolve(String ref) {
        return resolve(engine.reference(ref));
    }

    @Override
    public Optional<VersionSummary> findSummary(ModelRef ref) {
        engine.checkOpen("resolve");
        return engine.heads
                .ask(ModelKeys.of(ref.name()), head -> resolver.find(head, ref).map(row -> summary(head, row)))
                .flatMap(Function.identity());
    }

    @Override
    public Optional<RegisteredVersion> find(ModelRef ref) {
        engine.checkOpen("find '" + ref + "'");
        ModelKeys keys = ModelKeys.of(ref.name());
        return engine.heads
                .ask(keys, head -> resolver.find(head, ref).map(row -> version(keys, head, row)))
                .flatMap(Function.identity());
    }

    private RegisteredVersion version(ModelKeys keys, StoredHead head, TableRow row) {
        return new RegisteredVersion(
                summary(head, row),
                engine.manifests.read(keys, row.row()).manifest(),
                row.state().overlay(),
                row.state().attachments(),
                head.revision());
    }

    static VersionSummary summary(StoredHead head, TableRow row) {
        return new VersionSummary(
                head.state().identity().name(),
                row.row().version(),
                row.row().sequence(),
                row.row().manifest(),
                row.state().stage());
    }

    @Override
    public Page<VersionSummary> versions(ModelName name, VersionQuery query) {
        engine.checkOpen("list versions of '" + name + "'");
        return engine.heads
                .ask(ModelKeys.of(name), head -> versions(head, query))
                .orElseGet(() -> new Page<>(List.of(), Optional.empty()));
    }

    private static Page<VersionSummary> versions(StoredHead head, VersionQuery query) {
        Optional<ModelVersion> after = query.after().map(ModelVersion::parse);
        List<TableRow> rows = new ArrayList<>(head.search().all());
        rows.removeIf(row -> after.isPresent() && row.row().version().compareTo(after.get()) >= 0);
        query.range()
                .ifPresent(
                        range -> rows.removeIf(row -> !range.contains(row.row().version())));
        query.stage()
                .ifPresent(stage -> rows.removeIf(row -> !row.state().stage().equals(stage)));
        rows.sort(Comparator.comparing((TableRow row) -> row.row().version()).reversed());
        boolean more = rows.size() > query.limit();
        List<VersionSummary> items = rows.stream()
                .limit(query.limit())
                .map(row -> summary(head, row))
                .toList();
        return new Page<>(
                items, more ? Optional.of(items.get(items.size() - 1).version().toString()) : Optional.empty());
    }

    @Override
    public Optional<RegisteredVersion> findBest(ModelName name, Metric metric) {
        engine.checkOpen("find the best version of '" + name + "'");
        ModelKeys keys = ModelKeys.of(name);
        MetricReader metrics = new MetricReader(engine, metric.name());
        return engine.heads
                .ask(keys, head -> best(keys, head, metric.direction(), metrics))
                .flatMap(Function.identity());
    }

    private Optional<RegisteredVersion> best(
            ModelKeys keys, StoredHead head, Metric.Direction direction, MetricReader metrics) {
        record Scored(TableRow row, double value) {}
        List<Scored> scored = new ArrayList<>();
        for (TableRow row : head.search().all()) {
            metrics.find(keys, row).ifPresent(value -> scored.add(new Scored(row, value)));
        }
        Comparator<Scored> byValue = Comparator.comparingDouble(Scored::value);
        Comparator<Scored> better = direction == Metric.Direction.LOWER_IS_BETTER ? byValue.reversed() : byValue;
        return scored.stream()
                .max(better.thenComparing(version -> version.row().row().version()))
                .map(version -> version(keys, head, version.row()));
    }

    @Override
    public Aliases aliases(ModelName name) {
        return new EmbeddedAliases(this, name);
    }

    @Override
    public History history(ModelName name) {
        return new EmbeddedHistory(engine, name);
    }

    @Override
    public Editing edit(ModelName name) {
        return new EmbeddedEditing(this, name);
    }

    @Override
    public Attaching attachments(ModelRef ref) {
        return new EmbeddedAttaching(this, ref);
    }

    @Override
    public Artifacts artifacts(ModelRef ref) {
        engine.checkOpen("open '" + ref + "'");
        ModelKeys keys = ModelKeys.of(ref.name());
        // A version that was seen published stays so, and the store need not be asked for it again.
        TableRow row = engine.heads
                .findRemembered(keys, head -> ref.isFixed() ? resolver.find(head, ref) : Optional.empty())
                .or(() -> engine.heads.ask(keys, head -> resolver.get(head, ref)))
                .orElseThrow(() -> ModelNotFoundException.model(ref.name()));
        Sealed sealed = engine.manifests.read(keys, row.row());
        return new EmbeddedArtifacts(engine, keys, row.row(), sealed);
    }

    @Override
    public DeploymentStore deployments() {
        engine.checkOpen("open the deployments");
        return new EmbeddedDeployments(engine, engine.deployments, actor);
    }

    @Override
    public Move move(ModelRef ref, Stage stage) {
        return new EmbeddedMove(this, ref, stage);
    }

    @Override
    public RegisteredVersion rollback(ModelRef ref, String reason) {
        return commitOnVersion(
                "roll back to '" + ref + "'", ref, reason, draft -> EmbeddedMove.rollback(this, draft, ref));
    }

    @Override
    public RegisteredVersion rollback(ModelName name, String reason) {
        return commitOnVersion(
                "roll back '" + name + "'",
                ModelRef.newest(name),
                reason,
                draft -> EmbeddedMove.rollback(this, draft, RollbackTargets.of(draft.existing(), policy())));
    }

    @Override
    public List<VersionSummary> rollbackTargets(ModelName name) {
        engine.checkOpen("list rollback targets of '" + name + "'");
        return engine.heads
                .ask(ModelKeys.of(name), head -> RollbackTargets.of(head, policy()))
                .orElseThrow(() -> ModelNotFoundException.model(name));
    }

    @Override
    public <T> T load(ModelRef ref, Class<T> type) {
        return new ObjectLoader(engine).load(artifacts(ref), get(ref), type);
    }

    @Override
    public ModelRegistry actingAs(Caller caller) {
        if (ownership == Ownership.VIEW) {
            throw new RegistryException(
                    ErrorCode.DENIED,
                    "Cannot act as '" + caller.principal() + "': this registry acts as '" + actor
                            + "' already, expected the registry that the host opened");
        }
        return new EmbeddedRegistry(engine, registrar, Ownership.VIEW, caller.principal());
    }

    @Override
    public void close() {
        if (ownership != Ownership.VIEW && engine.close() && ownership == Ownership.REGISTRY_AND_NODE) {
            engine.node.close();
        }
    }

    /**
     * The version that a change is about. Its manifest is read, too: what cannot be read is not promoted or described.
     */
    TableRow readable(Draft draft, ModelRef ref) {
        TableRow row = resolver.get(draft.existing(), ref);
        engine.manifests.read(draft.keys(), row.row());
        return row;
    }

    /** Commits a change of a model whose result is a version, and reads that version. */
    RegisteredVersion commitOnVersion(
            String action, ModelRef ref, String reason, Function<Draft, Proposal<VersionRow>> change) {
        VersionRow row = commit(action, ref.name(), reason, change);
        return committed(action, ModelRef.of(ref.name(), row.version()));
    }

    /** Reads a version whose change is committed; that it cannot be read now does not mean that nothing was changed. */
    RegisteredVersion committed(String action, ModelRef ref) {
        ModelKeys keys = ModelKeys.of(ref.name());
        return readBack(
                action,
                () -> engine.heads
                        .askKnown(keys, head -> resolver.find(head, ref).map(row -> version(keys, head, row)))
                        .flatMap(Function.identity())
                        .orElseGet(() -> get(ref)));
    }

    /** Reads what was just committed; that it cannot be read now does not mean that nothing was changed. */
    static <T> T readBack(String action, Supplier<T> read) {
        try {
            return read.get();
        } catch (RegistryException e) {
            throw e instanceof OutcomeUnknownException ? e : new OutcomeUnknownException(action, e);
        }
    }

    /** Commits a change of a model. */
    <R> R commit(String action, ModelName name, String reason, Function<Draft, Proposal<R>> change) {
        engine.checkOpen(action);
        return engine.committer.commit(ModelKeys.of(name), action, call(reason), draft -> {
            Proposal<R> proposal = change.apply(draft);
            if (proposal instanceof Proposal.Replace<R>) {
                engine.document.ensure();
            }
            return proposal;
        });
    }

    void checkRevision(Draft draft, ExpectedRevision expected) {
        long current = draft.existing().revision();
        if (expected instanceof ExpectedRevision.Exactly exactly && exactly.revision() != current) {
            throw new StaleRevisionException(draft.keys().name(), exactly.revision(), current);
        }
    }

    void checkActive(Draft draft, String action) {
        if (draft.state().status() == Status.RETIRED) {
            throw new RetiredModelException(action, draft.keys().name());
        }
    }
}
