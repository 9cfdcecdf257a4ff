import { describe, expect, test } from "vitest";
import { decideEntry } from "./desktop.ts";
import { parseStartArgs } from "./start-args.ts";

describe("arguments of npm start", () => {
  test("what concerns the core goes on to serve, the choice of the entry does not", () => {
    expect(parseStartArgs(["--web", "--data", "/tmp/my data", "--port=8080", "--no-open"])).toEqual({
      kind: "start",
      entry: "web",
      serveArgs: ["--data", "/tmp/my data", "--port", "8080", "--no-open"],
      dataArgs: ["--data", "/tmp/my data"],
    });
  });

  test("without arguments anything may be opened", () => {
    expect(parseStartArgs([])).toEqual({ kind: "start", entry: "any", serveArgs: [], dataArgs: [] });
  });

  test.each([["--port", "8080"], ["--no-open"]])(
    "what only a browser has asks for the browser: %s",
    (...args) => {
      expect(parseStartArgs(args)).toMatchObject({ entry: "web" });
    },
  );

  test.each([
    { args: ["--colour"], names: "--colour" },
    { args: ["here"], names: "here" },
    { args: ["--data"], names: "--data" },
    { args: ["--data", ""], names: "--data" },
    { args: ["--port", "web"], names: '"web"' },
    { args: ["--port", "65536"], names: '"65536"' },
    { args: ["--port", "-1"], names: "--port" },
    { args: ["--web", "--desktop"], names: "--desktop" },
    { args: ["--desktop", "--port", "80"], names: "--port" },
    { args: ["--no-open=yes"], names: "--no-open" },
  ])("$args is refused by name", ({ args, names }) => {
    expect(parseStartArgs(args)).toEqual({ kind: "wrong", problem: expect.stringContaining(names) });
  });
});

describe("the entry that is opened", () => {
  test("is the desktop window where Electron is there, without a word", () => {
    expect(decideEntry("any", true)).toEqual({ entry: "desktop", say: null });
    expect(decideEntry("desktop", true)).toEqual({ entry: "desktop", say: null });
  });

  test("falls back to the browser with one line that says why", () => {
    expect(decideEntry("any", false)).toEqual({
      entry: "web",
      say: expect.stringMatching(/Electron's binary is not on this machine.*browser/),
    });
  });

  test("is the browser without a word when that was asked for", () => {
    expect([decideEntry("web", false), decideEntry("web", true)]).toEqual([
      { entry: "web", say: null },
      { entry: "web", say: null },
    ]);
  });

  test("is none when the desktop was asked for and Electron is not there, with what to do instead", () => {
    expect(decideEntry("desktop", false)).toEqual({
      entry: null,
      say: expect.stringContaining("npm start -- --web"),
    });
  });
});
