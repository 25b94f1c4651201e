package org.mdev4j.replay;

import org.jspecify.annotations.Nullable;

/**
 * How one step ended.
 *
 * @param step the step's own number
 * @param line its line in the file
 * @param op what was called
 * @param outcome how it ended
 * @param rule the rule that it followed, or null
 * @param text for people: of a difference what was expected and what came; else which rule; of
 *     equal steps empty
 */
public record StepReport(
    int step, int line, String op, Outcome outcome, @Nullable String rule, String text) {}
