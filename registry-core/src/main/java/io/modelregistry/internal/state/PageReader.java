package io.modelregistry.internal.state;

/** Reads pages of one model's table. */
@FunctionalInterface
public interface PageReader {
    /**
     * What a page holds.
     *
     * @throws PageGoneException if it was collected: the head that named it was replaced since
     */
    PageContent read(PageRef ref);

    /** A page was collected, because the head that named it was replaced: read the head again. */
    final class PageGoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** A page that is not there. */
        public PageGoneException(String key) {
            super("Page '" + key + "' is gone");
        }
    }
}
