import { expect, test } from "vitest";
import type { ContainerLoad } from "#contract/engine.ts";
import { targetIdSchema } from "#contract/ids.ts";
import { createLoads } from "./loads.ts";

function setup() {
  const journal: string[] = [];
  const waiting: (() => void)[] = [];
  let tell: (load: ContainerLoad) => void = () => undefined;
  const loads = createLoads({
    engine: targetIdSchema.parse("docker"),
    follow: ({ containers }, onLoad) => {
      tell = onLoad;
      journal.push(`follow ${containers.join("+")}`);
      return () => journal.push(`end ${containers.join("+")}`);
    },
    after: (_delayMs, action) => {
      waiting.push(action);
      return () => waiting.splice(waiting.indexOf(action), 1);
    },
  });
  const rest = () => {
    for (const action of waiting.splice(0)) action();
  };
  const sample = (containerId: string, cpuCores: number) =>
    tell({ containerId, atMs: 1, cpuCores, memoryBytes: 2, memoryLimitBytes: null, processCount: 1 });
  return { journal, loads, rest, sample };
}

test("rows that pass by while somebody scrolls are not asked for, those that stay are, once", () => {
  const { journal, loads, rest } = setup();
  const leave = loads.watch(["a"]);
  loads.watch(["b"]);
  leave();
  loads.watch(["c"]);
  rest();
  loads.watch(["b"]);
  rest();

  expect(journal).toEqual(["follow b+c"]);
});

test("a sample is kept as long as somebody looks at its container", () => {
  const { journal, loads, rest, sample } = setup();
  const leave = loads.watch(["a"]);
  loads.watch(["b"]);
  rest();
  sample("a", 0.5);
  sample("b", 1);
  sample("b", 2);
  leave();
  rest();

  expect([...loads.store.getState().loads].map(([id, { cpuCores }]) => `${id} ${cpuCores}`)).toEqual(["b 2"]);
  expect(journal).toEqual(["follow a+b", "end a+b", "follow b"]);
});

test("nothing is followed once nobody looks, or the table is left", () => {
  const { journal, loads, rest } = setup();
  const leave = loads.watch(["a"]);
  rest();
  leave();
  rest();
  loads.watch(["b"]);
  rest();
  loads.close();

  expect(journal).toEqual(["follow a", "end a", "follow b", "end b"]);
});
