package org.mdev4j.replay;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.probe.TraceWindow;
import org.mdev4j.replay.rules.Rule;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.transcript.TranscriptException;

/**
 * Performs steps one after the other and decides how each ended.
 *
 * <p>A step that does not return is different, and so are all that follow: what it holds, it holds.
 * Each step therefore runs in a thread of its own, which is waited for, so only one of them uses
 * the session at a time.
 */
final class StepRunner implements AutoCloseable {
  /** Longer than any step takes; storms take seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Host host;
  private final Session session;
  private final Ops ops;
  private final List<Rule> rules;
  private @Nullable String stuck;

  StepRunner(Host host, Session session, Ops ops, List<Rule> rules) {
    this.host = host;
    this.session = session;
    this.ops = ops;
    this.rules = rules;
  }

  /** What a rule predicts for a step. */
  private record Prediction(Rule rule, Observation answer) {
    Prediction untraced() {
      return new Prediction(rule, answer.tracing(List.of()));
    }
  }

  StepReport run(Step step) {
    String before = stuck;
    if (before != null) {
      return different(step, "not performed: " + before);
    }
    try {
      return await("step-" + step.number(), () -> perform(step));
    } catch (TimeoutException endless) {
      stuck = step + " did not return within " + PATIENCE.toSeconds() + " s";
      return different(step, "it did not return within " + PATIENCE.toSeconds() + " s");
    }
  }

  /** Makes the hidden calls of a step that is not replayed itself. */
  void runHiddenCalls(Step step) {
    List<Args> calls = new ArrayList<>(step.args().calls("hidden_before"));
    calls.addAll(step.args().calls("hidden_after"));
    if (stuck != null || calls.isEmpty()) {
      return;
    }
    try {
      var _ =
          await(
              "hidden-" + step.number(),
              () ->
                  guarded(
                      step,
                      () -> {
                        session.calls().runHidden(calls, session);
                        return report(step, Outcome.SKIPPED, null, "");
                      }));
    } catch (TimeoutException endless) {
      stuck = "the hidden calls of " + step + " did not return";
    }
  }

  private StepReport perform(Step step) {
    Ops.Entry entry = ops.find(step.op());
    if (entry == null) {
      return different(step, "unknown op '" + step.op() + "'");
    }
    session.begin();
    StepReport report = guarded(step, () -> performOwnCalls(entry, step));
    StepReport after =
        guarded(
            step,
            () -> {
              session.calls().runHidden(step.args().calls("hidden_after"), session);
              return report;
            });
    session.end();
    return report.outcome() == Outcome.DIFFERENT ? report : after;
  }

  private StepReport performOwnCalls(Ops.Entry entry, Step step) throws InterruptedException {
    session.calls().runHidden(step.args().calls("hidden_before"), session);
    session.look(step);
    List<Prediction> predictions = predict(step);
    boolean threads = session.traceWindow().isOpen();
    JsonNode result = result(entry, step);
    boolean skipped = entry.skips(step);
    Observation got =
        entry.isQuiet() || (skipped && result.isNull())
            ? Observation.of(result, Answers.array())
            : session.observe(step, result, answers(step, predictions));
    return threads || session.traceWindow().isOpen()
        ? judgeAmongThreads(step, entry, got, predictions, skipped)
        : judge(step, entry, got, predictions, skipped);
  }

  private static List<Observation> answers(Step step, List<Prediction> predictions) {
    List<Observation> answers = new ArrayList<>();
    answers.add(step.recorded());
    predictions.forEach(prediction -> answers.add(prediction.answer));
    return answers;
  }

  /** Part of a step. */
  @FunctionalInterface
  private interface Part {
    StepReport perform() throws InterruptedException;
  }

  private static StepReport guarded(Step step, Part part) {
    try {
      return part.perform();
    } catch (UnsupportedOperationException missing) {
      return different(step, "not possible yet: " + missing.getMessage());
    } catch (TranscriptException unclear) {
      return different(step, "not understood: " + unclear.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return different(step, "interrupted");
    } catch (RuntimeException broken) {
      return different(step, "it broke: " + trace(broken));
    }
  }

  private List<Prediction> predict(Step step) {
    List<Prediction> predictions = new ArrayList<>();
    for (Rule rule : rules) {
      Observation answer = rule.expect(step, session);
      if (answer != null) {
        predictions.add(new Prediction(rule, answer));
      }
    }
    return predictions;
  }

  private JsonNode result(Ops.Entry entry, Step step) throws InterruptedException {
    try {
      return entry.op().perform(step, session);
    } catch (ErrnoException refusal) {
      return Answers.errno(refusal);
    }
  }

  private StepReport judge(
      Step step, Ops.Entry entry, Observation got, List<Prediction> predictions, boolean skipped) {
    String difference = entry.judge().difference(step, step.recorded(), got, session);
    if (difference == null) {
      return skipped
          ? report(step, Outcome.SKIPPED, null, "no counterpart outside a kernel")
          : report(step, Outcome.EQUAL, null, "");
    }
    StringBuilder text = new StringBuilder(difference);
    for (Prediction prediction : predictions) {
      String unlike = entry.judge().ruleDifference(step, prediction.answer, got, session);
      if (unlike == null) {
        return report(step, prediction.rule);
      }
      text.append("\n    by rule ").append(prediction.rule.name()).append(": ").append(unlike);
    }
    text.append("\n    expected ").append(step.recorded());
    text.append("\n    got      ").append(got);
    return different(step, text.toString());
  }

  /**
   * Judges a step while threads run: all but its trace, which is compared for all such steps
   * together when the last thread was joined. A rule that says something of the trace must hold
   * then, also where this step would be equal without it.
   */
  private StepReport judgeAmongThreads(
      Step step, Ops.Entry entry, Observation got, List<Prediction> predictions, boolean skipped) {
    TraceWindow window = session.traceWindow();
    Observation untraced = got.tracing(List.of());
    Prediction followed = null;
    for (Prediction prediction : predictions) {
      boolean tells = !prediction.answer.trace().equals(step.recorded().trace());
      Observation answer = prediction.answer.tracing(List.of());
      if (followed == null
          && tells
          && entry.judge().ruleDifference(step, answer, untraced, session) == null) {
        followed = prediction;
      }
    }
    Observation accepted = followed == null ? step.recorded() : followed.answer;
    window.add(accepted.trace(), got.trace());
    StepReport report =
        followed == null
            ? judge(
                step.traced(List.of()),
                entry,
                untraced,
                predictions.stream().map(Prediction::untraced).toList(),
                skipped)
            : report(step, followed.rule);
    String difference = window.isOpen() ? null : window.close();
    return difference == null || report.outcome() == Outcome.DIFFERENT
        ? report
        : different(step, difference);
  }

  private static StepReport different(Step step, String text) {
    String expected = text.contains("\n    expected ") ? "" : "\n    expected " + step.recorded();
    return report(step, Outcome.DIFFERENT, null, text + expected);
  }

  private static StepReport report(Step step, Outcome outcome, @Nullable String rule, String text) {
    return new StepReport(step.number(), step.line(), step.op(), outcome, rule, text);
  }

  private static StepReport report(Step step, Rule rule) {
    return report(
        step,
        rule.kind() == Rule.Kind.EMULATOR ? Outcome.EMULATOR : Outcome.DEVIATION,
        rule.name(),
        rule.name() + " (" + rule.reason().text() + ")");
  }

  private static String trace(RuntimeException broken) {
    return broken
        + Arrays.stream(broken.getStackTrace())
            .limit(6)
            .map(frame -> "\n      at " + frame)
            .collect(Collectors.joining());
  }

  /** Runs {@code work} in a thread of its own and waits for it. */
  private <T> T await(String name, Supplier<T> work) throws TimeoutException {
    CompletableFuture<T> result = new CompletableFuture<>();
    var _ =
        Thread.ofPlatform()
            .daemon()
            .name(host.name() + "-" + name)
            .start(
                () -> {
                  try {
                    result.complete(work.get());
                  } catch (Throwable failure) {
                    result.completeExceptionally(failure);
                  }
                });
    try {
      return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    } catch (ExecutionException failure) {
      throw new IllegalStateException(failure.getCause());
    }
  }

  /**
   * Closes what the transcript left open and takes the host down. Where something is stuck that can
   * last for ever, so it is not waited for longer than for a step.
   */
  @Override
  public void close() {
    try {
      var _ =
          await(
              "end",
              () -> {
                session.close();
                host.close();
                return true;
              });
    } catch (TimeoutException endless) {
      // Its threads are daemons; the next file has a host of its own.
    }
  }
}
