import { expect, test } from "vitest";
import { LONGEST_VALUE_BYTES } from "#contract/credential.ts";
import { dayOf, endOfDay, fieldProblems, fieldsOf, isFieldName, lookAt, nameProblem } from "./field-check.ts";

test("a value is remembered only by what it is: empty, too short to be masked, too long, or fitting", () => {
  const looks = ["", "12345", "123456", "я".repeat(LONGEST_VALUE_BYTES / 2), "я".repeat(LONGEST_VALUE_BYTES)];

  expect(looks.map(lookAt)).toEqual(["empty", "short", "fits", "fits", "long"]);
});

test("characters count, not the halves that make up some of them", () => {
  expect([lookAt("🔑🔑🔑🔑🔑"), lookAt("🔑🔑🔑🔑🔑🔑")]).toEqual(["short", "fits"]);
});

test("a required field that is empty and any field that is too long hold the form back", () => {
  const fields = fieldsOf("ssh-key");

  expect(fieldProblems(fields, {})).toEqual({ privateKey: "missing" });
  expect(fieldProblems(fields, { privateKey: "fits", user: "long" })).toEqual({ user: "long" });
  expect(fieldProblems(fields, { privateKey: "short" })).toEqual({});
});

test("a free-form credential has one field until others are named", () => {
  expect(fieldsOf("free").map(({ name }) => name)).toEqual(["value"]);
  expect(fieldsOf("free", ["id", "key"]).map(({ name }) => name)).toEqual(["id", "key"]);
});

test("a name is checked as the core checks it, and against the names that are there", () => {
  const taken = new Set(["shop"]);

  expect(["", "Shop", "9x", "shop", "shop-2"].map((name) => nameProblem(name, taken))).toEqual([
    "missing",
    "pattern",
    "pattern",
    "taken",
    null,
  ]);
  expect([isFieldName("clientId"), isFieldName("1st"), isFieldName("")]).toEqual([true, false, false]);
});

test("an expiry date means the end of that day, and comes back as the same day", () => {
  const atMs = endOfDay("2027-02-28");

  expect(dayOf(atMs)).toBe("2027-02-28");
  expect(dayOf((atMs ?? 0) + 1)).toBe("2027-03-01");
  expect([endOfDay(""), endOfDay("tomorrow"), dayOf(null)]).toEqual([null, null, ""]);
});
