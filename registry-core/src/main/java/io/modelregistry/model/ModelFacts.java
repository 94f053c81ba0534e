package io.modelregistry.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is said of a model as a whole; it may change at any time. Texts that are not known are empty.
 *
 * @param description what it does, for whom
 * @param owners who answers for it, in the order given
 * @param risk the risk of its use
 * @param tags ascending
 * @param documentation where its documentation is
 * @param repository where its code is
 * @param fields custom fields by name
 */
public record ModelFacts(
        String description,
        List<Principal> owners,
        RiskTier risk,
        Set<String> tags,
        String documentation,
        String repository,
        SortedMap<String, FieldValue> fields) {
    /** Copies the collections and checks names and lengths. */
    public ModelFacts {
        Texts.bounded("description", description, Texts.MAX_TEXT);
        owners = owners.stream().distinct().toList();
        Objects.requireNonNull(risk, "risk");
        tags = Texts.tags(tags);
        Texts.bounded("documentation URL", documentation, Texts.MAX_TEXT);
        Texts.bounded("repository URL", repository, Texts.MAX_TEXT);
        fields = Texts.fields("custom field", fields);
    }

    /** The facts of a model that a first registration creates: one owner, no description, medium risk. */
    public static ModelFacts ownedBy(Principal owner) {
        return new ModelFacts("", List.of(owner), RiskTier.MEDIUM, Set.of(), "", "", new TreeMap<>());
    }

    /** The same with another description. */
    public ModelFacts withDescription(String text) {
        return new ModelFacts(text, owners, risk, tags, documentation, repository, fields);
    }

    /** The same with these owners only. */
    public ModelFacts withOwners(List<Principal> principals) {
        return new ModelFacts(description, principals, risk, tags, documentation, repository, fields);
    }

    /** The same with another risk tier. */
    public ModelFacts withRisk(RiskTier tier) {
        return new ModelFacts(description, owners, tier, tags, documentation, repository, fields);
    }

    /** The same with these tags only. */
    public ModelFacts withTags(Set<String> other) {
        return new ModelFacts(description, owners, risk, other, documentation, repository, fields);
    }

    /** The same with other links; empty for none. */
    public ModelFacts withLinks(String documentationUrl, String repositoryUrl) {
        return new ModelFacts(description, owners, risk, tags, documentationUrl, repositoryUrl, fields);
    }

    /** The same with these custom fields only. */
    public ModelFacts withFields(Map<String, FieldValue> other) {
        return new ModelFacts(description, owners, risk, tags, documentation, repository, new TreeMap<>(other));
    }
}
