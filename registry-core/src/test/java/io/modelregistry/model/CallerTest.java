package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Principals, callers and the tier of what they deal with. */
class CallerTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "user:ann@example.org",
                "service:trainer",
                "user:EXAMPLE\\ann",
                "service:system:serviceaccount:ml:trainer",
                "user:Ünal Öz",
                "user:\uD83D\uDE00",
                "user:\u0378 which no version of Unicode assigns yet"
            })
    void readsAndPrintsPrincipals(String text) {
        assertThat(Principal.parse(text)).hasToString(text);
    }

    @Test
    void tellsUsersFromServices() {
        assertThat(Principal.user("ann")).isEqualTo(Principal.parse("user:ann")).isNotEqualTo(Principal.service("ann"));
        assertThat(Principal.user("z")).isLessThan(Principal.service("a")).isGreaterThan(Principal.user("a"));
        assertThat(Principal.user("Ann")).isNotEqualTo(Principal.user("ann"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ann", "user", "User:ann", "group:a", ":", "user ann", "users:ann"})
    void refusesAPrincipalOfNoKind(String text) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> Principal.parse(text))
                .withMessage(
                        "Cannot use principal '%s': it does not say whether it is a user or a service, expected"
                                + " 'user:<name>' or 'service:<name>'",
                        text);
    }

    @Test
    void refusesNamesThatCannotBeTrustedInALog() {
        assertRefused("", "its name is empty");
        assertRefused(" ann", "its name starts or ends with a space");
        assertRefused("ann ", "its name starts or ends with a space");
        assertRefused("a\nb", "character 2 is U+000A");
        assertRefused("a\0", "character 2 is U+0000");
        assertRefused("a\u0085", "character 2 is U+0085");
        assertRefused("a\u00a0b", "character 2 is U+00A0");
        assertRefused("a\u202eb", "character 2 is U+202E");
        assertRefused("a\u200bb", "character 2 is U+200B");
        assertRefused("a\u2028b", "character 2 is U+2028");
        assertRefused("a\ud800b", "character 2 is U+D800");
        assertRefused("a\udb40\udc41", "character 2 is U+E0041");
        assertRefused("u\u0308", "its name is not in Unicode's normal form C");
        assertRefused("a".repeat(257), "its name has 257 characters, at most 256");
        assertThat(Principal.user("a".repeat(256)).name()).hasSize(256);
    }

    @Test
    void isInTheGroupsTheHostVouchesFor() {
        Caller caller = Caller.user("ann").in("risk", "eu").in(List.of("risk", "audit"));

        assertThat(caller.groups()).containsExactly("audit", "eu", "risk").isUnmodifiable();
        assertThat(caller.isIn("risk")).isTrue();
        assertThat(caller.isIn("Risk")).isFalse();
        assertThat(caller).hasToString("user:ann in [audit, eu, risk]");
        assertThat(caller).isEqualTo(Caller.of(Principal.user("ann")).in("risk", "audit", "eu"));
        assertThat(Caller.service("trainer")).hasToString("service:trainer").isNotEqualTo(Caller.user("trainer"));
        assertThat(Caller.user("ann").groups()).isEmpty();
    }

    @Test
    void refusesGroupsWithBrokenNames() {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> Caller.user("ann").in("ok", "a\rb"))
                .withMessageStartingWith("Cannot use group 'a\\u000db': character 2 is U+000D");
    }

    @ParameterizedTest
    @EnumSource
    void readsRiskTiersInAnyCase(RiskTier tier) {
        assertThat(RiskTier.parse(tier.toString())).isEqualTo(tier);
        assertThat(RiskTier.parse(Characters.fold(tier.toString()))).isEqualTo(tier);
        assertThat(tier.isAtLeast(RiskTier.LOW)).isTrue();
        assertThat(RiskTier.HIGH.isAtLeast(tier)).isTrue();
    }

    @Test
    void ordersAndRefusesRiskTiers() {
        assertThat(RiskTier.LOW.isAtLeast(RiskTier.MEDIUM)).isFalse();
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> RiskTier.parse("hıgh"))
                .withMessage("Cannot use risk tier 'hıgh': there is no such tier, expected LOW, MEDIUM or HIGH");
    }

    private static void assertRefused(String name, String why) {
        for (Principal.Kind kind : Principal.Kind.values()) {
            assertThatExceptionOfType(InvalidValueException.class)
                    .isThrownBy(() -> new Principal(kind, name))
                    .withMessageStartingWith("Cannot use principal '")
                    .withMessageEndingWith(": " + why + ", expected a printable name such as 'ann@example.org'");
        }
    }
}
