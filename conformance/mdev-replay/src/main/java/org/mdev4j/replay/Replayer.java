package org.mdev4j.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.Machine;
import org.mdev4j.replay.ccw.CcwOps;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Inbox;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.rules.Rules;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.transcript.Transcript;
import org.mdev4j.replay.transcript.TranscriptException;
import org.mdev4j.replay.vfio.VfioUser;

/**
 * Replays recordings of real kernels, each against a fresh host.
 *
 * <h2>How it hangs together</h2>
 *
 * A {@link Transcript} is read; {@link FileKind} and {@link StartState} say from its name what
 * machine it begins with; a {@link Session} is the probe's place on the host. Each step goes
 * through {@link StepRunner}: its hidden calls, the rules' predictions, its op ({@link Ops}), what
 * came of it, the verdict.
 *
 * <h2>Thread safety</h2>
 *
 * A replayer has no state: it may replay several files at once.
 */
public final class Replayer {
  private final @Nullable Machine machine;
  private final Ops x86 = Ops.x86();
  private final Ops s390x = CcwOps.all();

  /**
   * @param machine a machine to be used instead of each file's own, or null
   */
  public Replayer(@Nullable Machine machine) {
    this.machine = machine;
  }

  /** A replayer that gives each file the machine that it was recorded on. */
  public Replayer() {
    this(null);
  }

  /**
   * Replays one file.
   *
   * @throws ReplayException if it can't be read, or its start state can't be made
   */
  public FileReport replay(Path file) {
    Transcript transcript;
    try {
      transcript = Transcript.read(file);
    } catch (TranscriptException bad) {
      throw new ReplayException(String.valueOf(bad.getMessage()), bad);
    }
    FileKind kind = FileKind.of(transcript.name());
    StartState start = StartState.of(transcript.name(), kind);
    List<StepReport> steps = run(transcript, kind, machine == null ? start : start.on(machine));
    return new FileReport(file, kind, Summary.of(transcript.name(), steps), steps);
  }

  private List<StepReport> run(Transcript transcript, FileKind kind, StartState start) {
    Host host = Host.builder().name(transcript.name()).machine(start.machine()).start();
    Ops ops = kind.isS390x() ? s390x : x86;
    Inbox.Form form = kind.isS390x() ? Inbox.Form.STRINGS : Inbox.Form.OBJECTS;
    Session session =
        new Session(host, new VfioUser(host, "replay"), ops.calls(), form, start.parameters());
    try {
      for (String module : start.loaded()) {
        session.insmod(module, "");
      }
    } catch (ErrnoException refusal) {
      throw new ReplayException(
          transcript.name() + ": its machine can't be set up: " + refusal.getMessage(), refusal);
    }
    session.start();
    try (StepRunner runner = new StepRunner(host, session, ops, Rules.all())) {
      List<StepReport> reports = new ArrayList<>();
      for (Step step : transcript.steps()) {
        if (Ops.counts(step)) {
          reports.add(runner.run(step));
        } else if (Ops.isOnSerialPort(step)) {
          runner.runHiddenCalls(step);
        }
      }
      return reports;
    }
  }
}
