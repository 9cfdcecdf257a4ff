import { describe, expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import type { CoreHost } from "#main/core-host.ts";
import { DataFolder } from "#main/platform/index.ts";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { takeFolder } from "./take-folder.ts";

/** A folder that is held by each of `holders` once, and free after them. */
function setup(holders: readonly string[]) {
  const left = [...holders];
  const host = {} as CoreHost;
  const place = { platform: "linux", env: {}, home: "/nowhere", tmp: "/nowhere" } as const;
  const open = async () => {
    const entry = left.shift();
    if (entry === undefined) return host;
    throw new AppError("core.already_running", "taken", { details: { entry, pid: 1 } });
  };
  const take = () =>
    takeFolder({
      data: new DataFolder("/nowhere", place),
      clock: new FakeClock(),
      open,
      signal: new AbortController().signal,
    });
  return { host, take };
}

describe("the folder", () => {
  test("is waited for while a core ends that has taken its name off, and while a command makes room", async () => {
    const { host, take } = setup(["cli", "unknown", "unknown"]);

    expect(await take()).toBe(host);
  });

  test("is left to a core that serves browsers", async () => {
    expect(await setup(["web"]).take()).toBeNull();
  });

  test("of another desktop is refused at once", async () => {
    await expect(setup(["desktop"]).take()).rejects.toMatchObject({ code: "core.already_running" });
  });
});
