package org.mdev4j.cli.verbs;

import org.jspecify.annotations.Nullable;

/**
 * A type of a parent, as its files say; null for what has no file.
 *
 * @param parent the parent's name
 * @param id the type's name, for example {@code mtty-1}
 * @param deviceApi such as {@code vfio-pci}
 * @param availableInstances how many can be created; a number, if the driver does its job
 * @param name for people
 * @param description for people
 */
public record TypeEntry(
    String parent,
    String id,
    @Nullable String deviceApi,
    @Nullable String availableInstances,
    @Nullable String name,
    @Nullable String description) {}
