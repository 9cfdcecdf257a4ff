import { expect, test } from "vitest";
import type { Action } from "../../workbench/index.ts";
import { findActions } from "./find-actions.ts";

function action(label: string, note = ""): Action {
  return { id: label, group: "agents", label, note, run: () => undefined };
}
const actions = [
  action("Stop price-watcher", "r00000yh"),
  action("Start price-watcher"),
  action("Restart nothing"),
  action("Use the dark theme"),
];
const labels = (query: string) => findActions(actions, query).map((found) => found.label);

test("every word has to be found, the beginning of a word counts most", () => {
  expect(labels("start")).toEqual(["Start price-watcher", "Restart nothing"]);
  expect(labels("price st")).toEqual(["Stop price-watcher", "Start price-watcher"]);
  expect(labels("dark price")).toEqual([]);
});

test("an id in the note finds its run, and no query shows everything in order", () => {
  expect(labels("r0000")).toEqual(["Stop price-watcher"]);
  expect(labels("  ")).toEqual(actions.map(({ label }) => label));
});
