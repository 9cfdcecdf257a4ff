import { expect, test } from "vitest";
import { searchJson } from "./json-search.ts";

const value = {
  State: { Status: "running", ExitCode: 0, Error: null },
  Mounts: [{ Source: "/data", Mode: "rw" }, { Source: "/logs" }],
  Name: "/web",
};

test("what holds the text stays, with everything above it", () => {
  expect(searchJson(value, "LOGS")).toEqual({ Mounts: [{ Source: "/logs" }] });
  expect(searchJson(value, "null")).toEqual({ State: { Error: null } });
  expect(searchJson(value, "0")).toEqual({ State: { ExitCode: 0 } });
});

test("what stands below a name that holds it stays whole", () => {
  expect(searchJson(value, "mounts")).toEqual({ Mounts: value.Mounts });
  expect(searchJson(value, "mode")).toEqual({ Mounts: [{ Mode: "rw" }] });
});

test("nothing is left where nothing holds it, everything where nothing is looked for", () => {
  expect([searchJson(value, "no such"), searchJson(value, " ")]).toEqual([undefined, value]);
});
