package org.mdev4j.replay.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;

/** Each broken promise of a race is seen. */
class InvariantsTest {
  private static final Step TWO_TRIES =
      new Step(
          1,
          1,
          "race",
          new Args(Answers.object().put("iters", 2)),
          null,
          Observation.of(Answers.object(), null));

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException malformed) {
      throw new AssertionError(malformed);
    }
  }

  private static JsonNode outcomes(String field, int value, String... outcomes) {
    ObjectNode result = Answers.object();
    ObjectNode counts = result.putObject("outcomes");
    for (String outcome : outcomes) {
      counts.put(outcome, counts.path(outcome).asInt() + 1);
    }
    return result.put(field, value);
  }

  @Test
  void oneCreateWins() {
    String right = "EEXIST@write + ok(36)";

    assertThat(Invariants.oneCreated(TWO_TRIES, outcomes("violations", 0, right, right))).isNull();
    assertThat(Invariants.oneCreated(TWO_TRIES, outcomes("violations", 0, right))).isNotNull();
    assertThat(Invariants.oneCreated(TWO_TRIES, outcomes("violations", 1, right, right)))
        .isNotNull();
    for (String wrong :
        new String[] {"ok(36) + ok(36)", "EEXIST@write + EEXIST@write", "EIO@write + ok(36)"}) {
      assertThat(Invariants.oneCreated(TWO_TRIES, outcomes("violations", 0, right, wrong)))
          .as(wrong)
          .isNotNull();
    }
  }

  @Test
  void aRemoveWinsAndNothingStays() {
    assertThat(
            Invariants.oneRemoved(
                TWO_TRIES,
                outcomes("still_there_after", 0, "ok(1) + ok(1)", "ENODEV@write + ok(1)")))
        .isNull();
    assertThat(
            Invariants.oneRemoved(
                TWO_TRIES, outcomes("still_there_after", 1, "ok(1) + ok(1)", "ok(1) + ok(1)")))
        .isNotNull();
    assertThat(
            Invariants.oneRemoved(
                TWO_TRIES,
                outcomes("still_there_after", 0, "ok(1) + ok(1)", "ENODEV@write + ENOENT@open")))
        .isNotNull();
  }

  @Test
  void aCreateAfterARemoveTellsTheTruth() {
    String taken = "remove:ok(1) create:EEXIST@write then_exists:0";
    String made = "remove:ok(1) create:ok(36) then_exists:1";

    assertThat(Invariants.removedAndCreated(TWO_TRIES, outcomes("x", 0, taken, made))).isNull();
    for (String lie :
        new String[] {
          "remove:ok(1) create:EEXIST@write then_exists:1",
          "remove:ok(1) create:ok(36) then_exists:0",
          "remove:EAGAIN@write create:EEXIST@write then_exists:1"
        }) {
      assertThat(Invariants.removedAndCreated(TWO_TRIES, outcomes("x", 0, taken, lie)))
          .as(lie)
          .isNotNull();
    }
  }

  @Test
  void aDeviceThatIsThereCanBeRemoved() {
    String kept = "create:ok(36) remove:EAGAIN@write then_exists:1 remove_attr_exists:1";
    String lost = "create:ok(36) remove:EAGAIN@write then_exists:1 remove_attr_exists:0";
    String odd = "create:EIO@write remove:ENOENT@open then_exists:0 remove_attr_exists:0";

    assertThat(Invariants.removable(TWO_TRIES, outcomes("module_reloads_needed", 0, kept, kept)))
        .isNull();
    assertThat(Invariants.removable(TWO_TRIES, outcomes("module_reloads_needed", 0, kept, lost)))
        .isNotNull();
    assertThat(Invariants.removable(TWO_TRIES, outcomes("module_reloads_needed", 1, kept, kept)))
        .isNotNull();
    assertThat(Invariants.removable(TWO_TRIES, outcomes("module_reloads_needed", 0, kept, odd)))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'create':{'ok':5,'EIO':1},'remove':{'ok':5}}",
        "{'create':{'EEXIST':1},'remove':{'ok':5}}",
        "{'create':{'ok':5},'remove':{'ENOENT':5}}",
        "{'create':{'ok':5},'remove':{'ok':4,'EBUSY':1}}"
      })
  void aStormMeetsOnlyErrnosThatTellWhy(String result) {
    assertThat(
            Invariants.storm(TWO_TRIES, json("{'create':{'ok':1,'EEXIST':9},'remove':{'ok':1}}")))
        .isNull();
    assertThat(Invariants.storm(TWO_TRIES, json(result))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'creator':{'ok':5},'module':{'rmmod ok':15,'insmod ok':14}}",
        "{'creator':{'ok':5},'module':{}}",
        "{'creator':{'ok':5,'EIO@write':1},'module':{'rmmod ok':15,'insmod ok':15}}",
        "{'creator':{'ok':5},'module':{'rmmod ok':15,'insmod ok':15,'rmmod EIO':1}}",
        "{'creator':{'ENOENT@open':5},'module':{'rmmod ok':15,'insmod ok':15}}"
      })
  void anUnloadThatRacesIsClean(String result) {
    assertThat(
            Invariants.unloadRace(
                TWO_TRIES,
                json(
                    "{'creator':{'ok':5,'remove ok':4,'ENOENT@open':1},"
                        + "'module':{'rmmod ok':3,'insmod ok':3,'rmmod EAGAIN':2}}")))
        .isNull();
    assertThat(Invariants.unloadRace(TWO_TRIES, json(result))).isNotNull();
  }

  @Test
  void nothingIsLeft() {
    assertThat(
            Invariants.nothingLeft(TWO_TRIES, json("{'devices_left_without_remove_attribute':0}")))
        .isNull();
    assertThat(
            Invariants.nothingLeft(TWO_TRIES, json("{'devices_left_without_remove_attribute':1}")))
        .isNotNull();
  }
}
