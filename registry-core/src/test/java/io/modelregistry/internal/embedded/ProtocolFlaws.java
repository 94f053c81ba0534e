package io.modelregistry.internal.embedded;

import io.modelregistry.event.RegistryEvent;
import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.Draft;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.EventDispatcher;
import io.modelregistry.internal.commit.HeadCommitter;
import io.modelregistry.internal.commit.VersionDocuments.Stored;
import io.modelregistry.internal.commit.VersionPublisher;
import io.modelregistry.internal.commit.VersionTarget;
import io.modelregistry.internal.commit.VersionUploader;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.document.VersionDocument.Voided;
import io.modelregistry.internal.maintenance.PageCollector;
import io.modelregistry.internal.maintenance.VersionCollector;
import io.modelregistry.internal.state.HeadState;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.store.HeadStore;
import io.modelregistry.internal.store.PageStore;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.model.Digest;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The flaws that the model of the protocol found in earlier designs, each planted in one step of the code. */
final class ProtocolFlaws {
    private ProtocolFlaws() {}

    /** d1: what is listed is deleted without making sure that nobody seals it meanwhile. */
    static ProtocolParts collectionWithoutFence() {
        return new ProtocolParts() {
            @Override
            public VersionCollector versionCollector(Engine engine) {
                return new VersionCollector(engine.node, engine.settings.environment()) {
                    @Override
                    protected boolean fence(VersionTarget target, @Nullable Stored stored, Principal by) {
                        return true;
                    }
                };
            }
        };
    }

    /** d2: whether a call has committed is looked for in the present head only. */
    static ProtocolParts ownCommitLookedForInTheHead() {
        return committing(
                (node, heads, environment, dispatcher) -> new HeadCommitter(node, heads, environment, dispatcher) {
                    @Override
                    protected boolean isOurs(ModelKeys keys, StoredHead now, RegistryEvent event) {
                        return now.head().entry().event().operation().equals(event.operation());
                    }
                });
    }

    /** d3: a registration without a version takes a version that another one sealed with the same files. */
    static ProtocolParts adoptionOfAnothersManifest() {
        return uploading((node, environment) -> new VersionUploader(node, environment) {
            @Override
            public Claim claim(VersionTarget target, Optional<Digest> content, Principal by) throws IOException {
                Claim claim = super.claim(target, content, by);
                return claim instanceof Claim.Upload upload
                        ? new Claim.Upload(upload.folder(), upload.etag(), upload.revision(), true)
                        : claim;
            }

            @Override
            public Seal seal(VersionTarget target, Claim.Upload claim, Manifest manifest, String reason)
                    throws IOException {
                Seal seal = super.seal(target, claim, manifest, reason);
                return seal instanceof Seal.Done done ? new Seal.Done(done.stored(), done.sealed(), true) : seal;
            }
        });
    }

    /** d4: the sequence of a version is decided when it is uploaded. */
    static ProtocolParts sequenceGivenByTheUpload() {
        Map<ModelVersion, Long> decided = new HashMap<>();
        return parts(new Engine.Protocol() {
            @Override
            public VersionUploader uploader(StorageNode node, Environment environment) {
                HeadStore heads = new HeadStore(node, new PageStore(node), 0);
                return new VersionUploader(node, environment) {
                    @Override
                    public Seal seal(VersionTarget target, Claim.Upload claim, Manifest manifest, String reason)
                            throws IOException {
                        long published = heads.readNow(target.keys())
                                .map(head -> head.state().versions().count())
                                .orElse(0L);
                        decided.put(target.version(), published + 1);
                        return super.seal(target, claim, manifest, reason);
                    }
                };
            }

            @Override
            public VersionPublisher publisher(HeadCommitter committer, Settings settings) {
                return new VersionPublisher(
                        committer,
                        settings.policy().initial(),
                        settings.environment().ids()) {
                    @Override
                    protected long sequence(Manifest manifest, HeadState before) {
                        return decided.getOrDefault(manifest.version(), super.sequence(manifest, before));
                    }
                };
            }
        });
    }

    /**
     * d5, d6: everybody uploads to the plain folder of the version. An earlier design relied on files being written
     * only if they were absent there, which a store that ignores that condition on large uploads turns into this.
     */
    static ProtocolParts oneFolderForAll() {
        return uploading((node, environment) -> new VersionUploader(node, environment) {
            @Override
            protected boolean ownsPlainFolder(VersionDocument document, boolean won, Optional<Digest> content) {
                return true;
            }
        });
    }

    /** d7: a version that another one sealed is not published before it is said to exist. */
    static ProtocolParts existingWithoutPublishing() {
        return parts(new Engine.Protocol() {
            @Override
            public VersionPublisher publisher(HeadCommitter committer, Settings settings) {
                return new VersionPublisher(
                        committer,
                        settings.policy().initial(),
                        settings.environment().ids()) {
                    @Override
                    public VersionRow publish(VersionTarget target, Stored stored, Sealed sealed, Call call) {
                        return sealed.manifest().created().by().equals(call.by())
                                ? super.publish(target, stored, sealed, call)
                                : new VersionRow(target.version(), 1, Digest.sha256(stored.bytes()));
                    }
                };
            }
        });
    }

    /**
     * d8: after a void the plain folder is used again; who was only forestalled by another claim keeps away from it.
     */
    static ProtocolParts plainFolderAfterVoid() {
        return uploading((node, environment) -> new VersionUploader(node, environment) {
            private boolean isForestalled;

            @Override
            protected boolean ownsPlainFolder(VersionDocument document, boolean won, Optional<Digest> content) {
                boolean owns = document instanceof Voided || super.ownsPlainFolder(document, won, content);
                isForestalled = !owns;
                return owns;
            }

            @Override
            protected String freshFolder(VersionTarget target) {
                boolean ofAnother = isForestalled;
                isForestalled = false;
                return ofAnother ? super.freshFolder(target) : target.version().key();
            }
        });
    }

    /** p4: pages are deleted without making sure that nobody names them meanwhile. */
    static ProtocolParts pageCollectionWithoutFence() {
        return new ProtocolParts() {
            @Override
            public PageCollector pageCollector(Engine engine) {
                return new PageCollector(engine.node, engine.heads, engine.committer) {
                    @Override
                    protected boolean fence(ModelKeys keys, StoredHead head, int count, Call call) {
                        return true;
                    }
                };
            }
        };
    }

    /** p5: pages are named by their content alone, so that a name comes back after it was collected. */
    static ProtocolParts pagesNamedByContent() {
        return committing(
                (node, heads, environment, dispatcher) -> new HeadCommitter(node, heads, environment, dispatcher) {
                    @Override
                    protected String pageName(byte[] bytes, Draft draft) {
                        return Digest.sha256(bytes).hex();
                    }
                });
    }

    /** A seal that does not ask whether anything has come between. */
    static ProtocolParts sealWithoutCondition() {
        return uploading((node, environment) -> new VersionUploader(node, environment) {
            @Override
            protected WriteCondition sealCondition(Claim.Upload claim) {
                return WriteCondition.unconditional();
            }
        });
    }

    private static ProtocolParts parts(Engine.Protocol protocol) {
        return new ProtocolParts() {
            @Override
            public Engine.Protocol protocol() {
                return protocol;
            }
        };
    }

    private static ProtocolParts uploading(BiFunction<StorageNode, Environment, VersionUploader> uploader) {
        return parts(new Engine.Protocol() {
            @Override
            public VersionUploader uploader(StorageNode node, Environment environment) {
                return uploader.apply(node, environment);
            }
        });
    }

    /** Makes a committer. */
    private interface Committing {
        HeadCommitter committer(StorageNode node, HeadStore heads, Environment environment, EventDispatcher dispatcher);
    }

    private static ProtocolParts committing(Committing committing) {
        return parts(new Engine.Protocol() {
            @Override
            public HeadCommitter committer(
                    StorageNode node, HeadStore heads, Environment environment, EventDispatcher dispatcher) {
                return committing.committer(node, heads, environment, dispatcher);
            }
        });
    }
}
