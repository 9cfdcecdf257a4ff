import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { isFinal, type Run, type RunState, type TimelineEntry } from "#contract/run.ts";
import { canStep } from "#core/run-state.ts";
import { settle } from "#tests/helpers/fake-clock.ts";
import { runs } from "#tests/helpers/property-runs.ts";
import { createHarness, type Harness } from "#tests/helpers/run-harness.ts";

const MAX_RESTARTS = 2;

/** What may happen to the program; `of` picks one of the runs there are. */
type Step =
  | { readonly do: "start" | "restart" | "kill" | "break-log" }
  | { readonly do: "stop" | "force" | "print" | "fail" | "finish" | "lose-link"; readonly of: number }
  | { readonly do: "wait"; readonly ms: number };

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("start", "restart", "kill", "break-log") }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("stop", "force", "print", "fail", "finish", "lose-link"),
      of: fc.nat(5),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.constantFrom(10, 500, 2_000, 20_000) }),
  },
);

async function take(harness: Harness, step: Step, printed: Map<string, string>): Promise<void> {
  switch (step.do) {
    case "start":
      await harness.start();
      break;
    case "restart":
      await restart(harness, false);
      break;
    case "kill":
      await restart(harness, true);
      break;
    case "break-log":
      harness.logs.failingAppends = 1;
      break;
    case "wait":
      await harness.clock.pass(step.ms);
      break;
    default:
      await touch(harness, step, printed);
  }
  await settle();
}

async function restart(harness: Harness, isKilled: boolean): Promise<void> {
  const restarted = harness.restart({ isKilled });
  await settle();
  await harness.clock.pass(5_000);
  await restarted;
}

async function touch(
  harness: Harness,
  step: { readonly do: "stop" | "force" | "print" | "fail" | "finish" | "lose-link"; readonly of: number },
  printed: Map<string, string>,
): Promise<void> {
  const { runs } = harness.supervisor.list({ limit: 1_000 });
  const picked = runs[step.of % Math.max(1, runs.length)];
  if (picked === undefined) return;
  const process = harness.driver.started.find(({ spec }) => spec.runId === picked.id);
  if (step.do === "stop" || step.do === "force") {
    if (isFinal(picked.state)) return;
    await harness.supervisor.stop({ runId: picked.id, isForced: step.do === "force" });
    return;
  }
  if (process === undefined || process.exit !== null) return;
  if (step.do === "print") {
    const text = `${picked.id} ${printed.get(picked.id)?.length ?? 0}\n`;
    process.print(text);
    printed.set(picked.id, (printed.get(picked.id) ?? "") + text);
  } else if (step.do === "lose-link") {
    process.loseLink(new AppError("target.unreachable", "gone"));
  } else process.finish({ exitCode: step.do === "fail" ? 1 : 0 });
}

function statesOf(timeline: readonly TimelineEntry[]): readonly RunState[] {
  return timeline.flatMap(({ state }) => (state === null ? [] : [state]));
}

function check(harness: Harness, runs: readonly Run[], printed: Map<string, string>): void {
  for (const run of runs) {
    const states = statesOf(harness.supervisor.timeline(run.id));
    const finals = states.filter(isFinal);
    expect(isFinal(run.state), `${run.id} ended`).toBe(true);
    expect(finals, `${run.id} has one final state`).toEqual([run.state]);
    for (const [index, state] of states.entries()) {
      const before = states[index - 1];
      if (before !== undefined) expect(canStep(before, state), `${before} → ${state}`).toBe(true);
    }
    expect(harness.logs.isSealed(run.id), `${run.id} is sealed`).toBe(true);
    expect(harness.logs.text(run.id)).toBe(printed.get(run.id) ?? "");
    expect(run.attempt).toBeLessThanOrEqual(MAX_RESTARTS + 1);
    const starts = harness.driver.calls.filter((call) => call === `start ${run.id}`);
    expect(starts.length, `${run.id} started`).toBeLessThanOrEqual(1);
    const successors = runs.filter(({ previousRunId }) => previousRunId === run.id);
    expect(successors.length).toBeLessThanOrEqual(1);
    if (run.state === "stopped" || run.state === "killed") expect(successors).toEqual([]);
  }
  for (const { exit } of harness.driver.started) expect(exit).not.toBeNull();
}

test("whatever happens in whatever order, every run ends once, legally, with all of its output", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { minLength: 1, maxLength: 25 }), async (steps) => {
      await using harness = await createHarness({ startsAutostart: false });
      harness.agents.add({
        restart: { when: "on-failure", max: MAX_RESTARTS, backoff: "1s..2s" },
        stop: { grace: "1s" },
      });
      harness.driver.scriptFor("work", { exit: null });
      const printed = new Map<string, string>();

      for (const step of steps) await take(harness, step, printed);
      harness.logs.failingAppends = 0;
      await harness.clock.pass(30_000);
      // Attempts that are still to come end at once.
      for (let rest = 0; rest <= MAX_RESTARTS; rest += 1) {
        for (const process of harness.driver.started) process.finish();
        await harness.clock.pass(30_000);
      }

      check(harness, harness.supervisor.list({ limit: 1_000 }).runs, printed);
    }),
    { numRuns: runs(60) },
  );
});
