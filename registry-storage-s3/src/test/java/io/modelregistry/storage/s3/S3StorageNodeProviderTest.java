package io.modelregistry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.StorageNode;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3StorageNodeProviderTest {
    private static StorageNode open(String uri) {
        return new S3StorageNodeProvider().open(URI.create(uri));
    }

    @Test
    void aUriSaysEverythingButTheCredentials() {
        try (StorageNode node = open("s3://models/prod/ml?region=eu-central-1&endpoint=http%3A%2F%2F127.0.0.1%3A9000"
                + "&path-style=true&encryption=aws:kms&kms-key=k1&checksums=when-required&part-mib=16&threads=2"
                + "&read-only=true")) {
            assertThat(node).hasToString("S3StorageNode at s3://models/prod/ml/");
            assertThat(node.maxConditionalSize()).isEqualTo(16 << 20);
        }
        try (StorageNode node = open("s3://models?region=eu-central-1")) {
            assertThat(node).hasToString("S3StorageNode at s3://models/");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "s3:bucket|names no bucket",
                "s3:///prefix|names no bucket",
                "s3://key:secret@bucket/x|secrets do not belong in a URI",
                "s3://bucket/x?region=a&region=b|twice",
                "s3://bucket/x?colour=red|'colour' is not known",
                "s3://bucket/x?region|has no value",
                "s3://bucket/x?path-style=maybe|can be true or false",
                "s3://bucket/x?encryption=rot13|can be AES256 or aws:kms",
                "s3://bucket/x?kms-key=k|kms-key needs encryption=aws:kms",
                "s3://bucket/x?threads=many|can be a number",
                "s3://bucket/x?threads=0|1 to 512",
                "s3://bucket/x#y|fragment",
                "s3://bucket/a/../b?region=a|..",
                "http://bucket/x|names no bucket",
            })
    void whatIsNoUriOfABucketIsRefused(String uri, String why) {
        assertThatThrownBy(() -> open(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> {
                    assertThat(e).hasMessageContaining(why);
                    assertThat(e.getMessage()).doesNotContain("secret@");
                });
    }
}
