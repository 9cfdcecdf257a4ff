import { expect, test } from "vitest";
import { agentNameSchema } from "#contract/ids.ts";
import {
  readVariableKey,
  valueForType,
  valueProblem,
  variableKey,
  variableNameProblem,
} from "./variable-value.ts";

const ferry = agentNameSchema.parse("ferry");

test("a value is checked by its type", () => {
  expect(["", "x", "12", "-0.5e3", " 7 ", "Infinity"].map((text) => valueProblem("number", text))).toEqual([
    "number",
    "number",
    null,
    null,
    null,
    "number",
  ]);
  expect(["true", "false", "yes", ""].map((text) => valueProblem("boolean", text))).toEqual([
    null,
    null,
    "boolean",
    "boolean",
  ]);
  expect(['{"a":[1]}', "null", "{a:1}", ""].map((text) => valueProblem("json", text))).toEqual([
    null,
    null,
    "json",
    "json",
  ]);
  expect([valueProblem("text", ""), valueProblem("text", "x".repeat(32_769))]).toEqual([null, "long"]);
});

test("another type keeps what was typed, but a switch is always on or off", () => {
  expect([
    valueForType("number", "12"),
    valueForType("boolean", "12"),
    valueForType("boolean", "true"),
  ]).toEqual(["12", "false", "true"]);
});

test("a variable in an address comes back as it was, for all agents and for one", () => {
  for (const ref of [
    { name: "REGION", agent: null },
    { name: "REGION", agent: ferry },
  ]) {
    expect(readVariableKey(variableKey(ref))).toEqual(ref);
  }
});

test("an address that names no variable is refused", () => {
  expect(["", "9X", "PILOTHOUSE_X", "X:No Agent"].map(readVariableKey)).toEqual([null, null, null, null]);
});

test("the same name may stand once for all agents and once for each", () => {
  const taken = [{ name: "REGION", agent: null }];

  expect([
    variableNameProblem("REGION", null, taken),
    variableNameProblem("REGION", ferry, taken),
    variableNameProblem("1", null, taken),
    variableNameProblem("", null, taken),
  ]).toEqual(["taken", null, "pattern", "missing"]);
});
