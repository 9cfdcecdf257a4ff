import { expect, test } from "vitest";
import type { CoreEvent } from "#contract/events.ts";
import { runIdSchema } from "#contract/ids.ts";
import { EventJournal } from "./event-journal.ts";

function eventOf(number: number): CoreEvent {
  return { type: "run.removed", runId: runIdSchema.parse(String(number).padStart(16, "0")) };
}

test("a reader gets what came after its id, oldest first, and goes on from there", () => {
  const journal = new EventJournal("first");
  const start = journal.currentId();
  journal.publish(eventOf(1));
  journal.publish(eventOf(2));

  const caughtUp = journal.since(start);

  expect(caughtUp).toEqual({ events: [eventOf(1), eventOf(2)], id: "first:2" });
  expect(journal.since("first:2")).toEqual({ events: [], id: "first:2" });
});

test.each(["", "first", "first:-1", "first:1.5", "first:9", "other:0"])("the id %j is not known", (id) => {
  const journal = new EventJournal("first");
  journal.publish(eventOf(1));

  expect(journal.since(id)).toBeNull();
});

test("an id older than the journal's memory is not known any more, the oldest kept one is", () => {
  const journal = new EventJournal("first");
  for (let number = 1; number <= 2_001; number += 1) journal.publish(eventOf(number));

  expect(journal.since("first:0")).toBeNull();
  expect(journal.since("first:1")?.events).toHaveLength(2_000);
});

test("a listener hears every publish until it lets go, also when it lets go while hearing", () => {
  const journal = new EventJournal("first");
  const heard: string[] = [];
  const stopHearing = journal.subscribe(() => {
    heard.push(`once ${journal.currentId()}`);
    stopHearing();
  });
  journal.subscribe(() => heard.push(`always ${journal.currentId()}`));

  journal.publish(eventOf(1));
  journal.publish(eventOf(2));

  expect(heard).toEqual(["once first:1", "always first:1", "always first:2"]);
});
