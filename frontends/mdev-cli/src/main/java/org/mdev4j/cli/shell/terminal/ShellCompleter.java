package org.mdev4j.cli.shell.terminal;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Builtin.Argument;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.FoundModule;
import org.mdev4j.device.host.LoadedModule;

/** Completes commands, and what their arguments name. */
final class ShellCompleter implements Completer {
  private static final String DEVICES = "/sys/bus/mdev/devices";

  private final Session session;

  ShellCompleter(Session session) {
    this.session = session;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String typed = line.word().substring(0, line.wordCursor());
    List<String> before = lastCommand(line.words().subList(0, line.wordIndex()));
    if (typed.startsWith(">")) {
      String arrows = typed.startsWith(">>") ? ">>" : ">";
      paths(arrows, typed.substring(arrows.length()), candidates);
    } else if (before.isEmpty()) {
      session.builtins().forEach(builtin -> candidates.add(named(builtin)));
    } else if (before.getLast().matches(">>?")) {
      paths("", typed, candidates);
    } else {
      session
          .builtin(before.getFirst())
          .ifPresent(builtin -> argument(builtin.argument(), typed, before, candidates));
    }
  }

  /** The words since the last {@code ;} or {@code &}. */
  private static List<String> lastCommand(List<String> words) {
    int start = 0;
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).endsWith(";") || words.get(i).endsWith("&")) {
        start = i + 1;
      }
    }
    return words.subList(start, words.size());
  }

  private void argument(
      Argument kind, String typed, List<String> before, List<Candidate> candidates) {
    switch (kind) {
      case PATH -> paths("", typed, candidates);
      case MODULE -> {
        if (before.size() == 1) {
          modules().forEach(module -> candidates.add(described(module)));
        } else {
          parameters(before.get(1), candidates);
        }
      }
      case LOADED_MODULE ->
          session.host().modules().loaded().stream()
              .map(LoadedModule::name)
              .forEach(name -> candidates.add(new Candidate(name)));
      case DEVICE ->
          entries(DEVICES)
              .forEach(
                  device -> candidates.add(new Candidate(String.valueOf(device.getFileName()))));
      case HELD_DEVICE -> session.held().forEach(device -> candidates.add(new Candidate(device)));
      case COMMAND -> session.builtins().forEach(builtin -> candidates.add(named(builtin)));
      case NOTHING -> {}
    }
  }

  /** What is in the directory that {@code typed} has come to; directories get a slash. */
  private void paths(String prefix, String typed, List<Candidate> candidates) {
    String way = typed.substring(0, typed.lastIndexOf('/') + 1);
    for (Path entry : entries(way.isEmpty() ? "." : way)) {
      boolean goesOn = Files.isDirectory(entry);
      String name = entry.getFileName() + (goesOn ? "/" : "");
      candidates.add(new Candidate(prefix + way + name, name, null, null, null, null, !goesOn));
    }
  }

  private List<Path> entries(String directory) {
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(session.path(directory))) {
      List<Path> entries = new java.util.ArrayList<>();
      stream.forEach(entries::add);
      return entries;
    } catch (IOException | DirectoryIteratorException | ErrnoException nothing) {
      return List.of();
    }
  }

  /** The modules that can be loaded. */
  private Stream<FoundModule> modules() {
    return session.host().modules().found().stream().filter(found -> found.refusal() == null);
  }

  private void parameters(String module, List<Candidate> candidates) {
    modules()
        .filter(found -> found.name().equals(module))
        .flatMap(found -> Stream.ofNullable(found.module()))
        .flatMap(found -> found.parameters().stream())
        .forEach(
            parameter ->
                candidates.add(
                    new Candidate(
                        parameter.name() + "=",
                        parameter.name() + "=",
                        null,
                        parameter.description(),
                        null,
                        null,
                        false)));
  }

  private static Candidate described(FoundModule found) {
    String description = found.module() == null ? "" : found.module().description();
    return new Candidate(found.name(), found.name(), null, description, null, null, true);
  }

  private static Candidate named(Builtin builtin) {
    return new Candidate(builtin.name(), builtin.name(), null, builtin.summary(), null, null, true);
  }
}
