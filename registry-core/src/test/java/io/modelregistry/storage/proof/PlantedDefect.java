package io.modelregistry.storage.proof;

import io.modelregistry.storage.StorageNode;
import java.util.function.Supplier;

/** A way to get a node wrong, and the test of the kit that is there to notice. */
enum PlantedDefect {
    MOVING_CREATE("exactlyOneOfManyCreatesWins", PlantedWriters.MovingCreate::new),
    COMPARING_THEN_WRITING("exactlyOneOfManyUpdatesOfAGenerationWins", PlantedWriters.ComparingThenWriting::new),
    LOST_INCREMENTS("aCounterLosesNoIncrement", PlantedWriters.ComparingThenWriting::new),
    VISIBLE_PARTIAL_WRITE("aReaderSeesOneGenerationAsAWhole(int)", PlantedWriters.VisiblePartialWrite::new),
    VISIBLE_BEFORE_COMPLETE("aWriteIsInvisibleUntilItIsComplete(int)", PlantedWriters.VisiblePartialWrite::new),
    SILENT_CREATE("createRefusesToOverwrite", PlantedWriters.SilentCreate::new),
    UNCONDITIONAL_ALWAYS("updateRefusesAStaleEtag", PlantedWriters.UnconditionalAlways::new),
    UPDATING_NOTHING("updateOfWhatIsMissingIsRefused", PlantedWriters.UpdatingNothing::new),
    ANY_SIZE("contentOfAnotherSizeThanDeclaredIsRefusedAndLeavesNothing(int)", PlantedWriters.AnySize::new),
    LEAVING_PIECES("aWriteThatBreaksOffLeavesNothing", PlantedWriters.LeavingPieces::new),
    DEMANDING_DELETE("deletingWhatIsMissingDoesNothing", PlantedWriters.DemandingDelete::new),
    SWEEPING_DELETE("deleteRemovesOneObjectAndNothingElse", PlantedWriters.SweepingDelete::new),
    COPYING_NOTHING("aCopyOfNothingIsRefusedAndLeavesTheTarget", PlantedWriters.CopyingNothing::new),
    FOLLOWING_COPY("aCopyAndItsSourceLiveApart(int)", PlantedWriters.FollowingCopy::new),
    TACITURN("createRefusesToOverwrite", PlantedWriters.Taciturn::new),
    UNSPECIFIC("updateRefusesAStaleEtag", PlantedWriters.Unspecific::new),
    CONSTANT_ETAG("anOverwriteChangesContentAndEtag(int)", PlantedReaders.ConstantEtag::new),
    COARSE_ETAG("quickOverwritesOfOneSizeAllHaveEtagsOfTheirOwn", PlantedReaders.CoarseEtag::new),
    WRITE_ETAG_OF_ITS_OWN("findAndOpenShowWhatWriteReturned(int)", PlantedReaders.WriteEtagOfItsOwn::new),
    RANGE_OFF_BY_ONE(
            "aRangeIsCutAtTheEndAndNeverShifted(java.lang.String,long,long,int,int)",
            PlantedReaders.RangeOffByOne::new),
    MIXED_GENERATIONS("anOpenStreamStaysWithItsGeneration(int)", PlantedReaders.MixedGenerations::new),
    IMMORTAL("everyCallAfterCloseFails", PlantedReaders.Immortal::new),
    SEGMENT_BLIND_PREFIX("aPrefixIsAFolder", PlantedReaders.SegmentBlindPrefix::new),
    INCLUSIVE_START("aListingStartsBehindTheGivenKey", PlantedReaders.InclusiveStart::new),
    EXISTING_START_ONLY("aListingStartsBehindTheGivenKey", PlantedReaders.ExistingStartOnly::new),
    SLASH_BLIND_ORDER("keysAscendByteByByte", PlantedReaders.SlashBlindOrder::new),
    SHORT_PAGES("pagesOfAnySizeShowEachKeyOnce", PlantedReaders.ShortPages::new),
    STALE_LISTING("aListingSeesEveryWriteAndDeleteAtOnce", PlantedReaders.StaleListing::new),
    FOLDERS_BY_NAME("foldersAscendAsTheirKeysDo", PlantedReaders.FoldersByName::new),
    FOLDERS_TWICE("foldersAreListedOnceAndFilesAreNot", PlantedReaders.FoldersTwice::new);

    private final String noticedBy;

    @SuppressWarnings("ImmutableEnumChecker") // Each is a constructor.
    private final Supplier<StorageNode> node;

    PlantedDefect(String noticedBy, Supplier<StorageNode> node) {
        this.noticedBy = noticedBy;
        this.node = node;
    }

    /** The test that must go red, with the types of its parameters. */
    String noticedBy() {
        return noticedBy;
    }

    /** A node with the defect. */
    StorageNode node() {
        return node.get();
    }
}
