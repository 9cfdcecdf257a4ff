import { expect, test } from "vitest";
import { aRun } from "#tests/helpers/a-run.ts";
import { bridgePicture, DAY_MS, firstSample } from "./bridge-picture.ts";

const NOW = 100 * DAY_MS;

test("what has not ended is live, oldest first", () => {
  const states = ["queued", "running", "stopping", "disconnected", "needs-attention"] as const;
  const runs = states.map((state, n) => aRun(9 - n, { state, endedAtMs: null }));

  const { live, results } = bridgePicture(runs, NOW);

  expect(live.map((run) => run.state)).toEqual([...states].reverse());
  expect(results).toEqual([]);
});

test("results stand in the order in which they ended, whenever they began", () => {
  const runs = [aRun(5, { endedAtMs: 10 }), aRun(4, { endedAtMs: 30 }), aRun(3, { endedAtMs: 20 })];

  expect(bridgePicture(runs, NOW).results.map((run) => run.endedAtMs)).toEqual([30, 20, 10]);
});

test("only the last 24 hours count; stopped and killed are neither failure nor success; lost is a failure", () => {
  const endedAtMs = NOW - 1000;
  const picture = bridgePicture(
    [
      aRun(1, { state: "failed", endedAtMs }),
      aRun(2, { state: "lost", endedAtMs }),
      aRun(3, { state: "succeeded", endedAtMs }),
      aRun(4, { state: "stopped", endedAtMs }),
      aRun(5, { state: "killed", endedAtMs }),
      aRun(6, { state: "failed", endedAtMs: NOW - DAY_MS - 1 }),
      aRun(7, { state: "succeeded", endedAtMs: NOW - DAY_MS - 1 }),
    ],
    NOW,
  );

  expect(picture).toMatchObject({ failedToday: 2, succeededToday: 1 });
});

test("a run that failed before it could start counts from its creation", () => {
  const run = aRun(1, { state: "failed", startedAtMs: null, endedAtMs: null, createdAtMs: NOW - 5 });

  expect(bridgePicture([run], NOW).failedToday).toBe(1);
});

test("twelve results are enough", () => {
  const runs = Array.from({ length: 20 }, (_, n) => aRun(n % 10));

  expect(bridgePicture(runs, NOW).results).toHaveLength(12);
});

test("the sample to try first ends by itself, whatever the alphabet says", () => {
  const sample = (name: string, kind: "service" | "automation" | "computational") => ({
    name,
    class: kind,
    description: "",
    folder: `/samples/${name}`,
  });
  const clock = sample("clock-service", "service");
  const feed = sample("feed-digest", "automation");
  const words = sample("word-count", "computational");

  expect([[clock, feed, words], [clock, feed], [clock], []].map(firstSample)).toEqual([
    words,
    feed,
    clock,
    undefined,
  ]);
});
