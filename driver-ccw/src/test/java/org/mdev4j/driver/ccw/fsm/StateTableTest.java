package org.mdev4j.driver.ccw.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("ccw 2.2, series row 5: every state answers every event")
class StateTableTest {
  /** The table of the specification, as it stands there; CLOSE in CLOSED is nothing here. */
  private static final String TABLE =
      """
                    | BROKEN | IO_REQ     | ASYNC_REQ     | INTERRUPT          | OPEN  | CLOSE
      BROKEN        | NOP    | IO_ERROR   | ASYNC_ERROR   | DISABLED_INTERRUPT | NOP   | NOP
      CLOSED        | BREAK  | IO_ERROR   | ASYNC_ERROR   | DISABLED_INTERRUPT | OPEN  | NOP
      IDLE          | BREAK  | IO_REQUEST | ASYNC_REQUEST | INTERRUPT          | BREAK | CLOSE
      CP_PROCESSING | BREAK  | IO_RETRY   | ASYNC_RETRY   | INTERRUPT          | BREAK | CLOSE
      CP_PENDING    | BREAK  | IO_BUSY    | ASYNC_REQUEST | INTERRUPT          | BREAK | CLOSE
      """;

  static Stream<Arguments> cells() {
    List<String[]> rows = TABLE.lines().map(line -> line.trim().split("\\s*\\|\\s*", -1)).toList();
    String[] events = rows.getFirst();
    return rows.stream()
        .skip(1)
        .flatMap(
            row ->
                Stream.iterate(1, column -> column < row.length, column -> column + 1)
                    .map(column -> Arguments.of(row[0], events[column], row[column])));
  }

  @ParameterizedTest(name = "{1} in {0}: {2}")
  @MethodSource("cells")
  @DisplayName("9.16: the action of each cell")
  void cell(State state, Event event, Action action) {
    assertThat(state.on(event)).isEqualTo(action);
  }

  @Test
  @DisplayName("9.16: there are 30 cells, and no other state or event")
  void complete() {
    assertThat(cells()).hasSize(30).hasSize(State.values().length * Event.values().length);
  }
}
