import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { MANIFEST_NAME, PACKAGE } from "#tests/helpers/update-server.ts";
import { expectPublished, startUpdates, type UpdatesUnderTest } from "#tests/helpers/updates.ts";
import { makeUpdateKey } from "../../scripts/package/sign-manifest.ts";

const PACKAGE_NAME = "Pilothouse-0.2.0-linux-x64.AppImage";
const DAY_MS = 24 * 60 * 60 * 1_000;

/** What a check ends with: the code of the refusal, or the kind of the state. */
async function outcomeOfCheck(world: UpdatesUnderTest): Promise<string> {
  const state = await world.check();
  return state.kind === "failed" ? state.error.code : state.kind;
}

/** Checks and fetches; what that ends with, and whether anything usable lies on the disk. */
async function outcomeOfDownload(
  world: UpdatesUnderTest,
): Promise<{ outcome: string; isAnythingThere: boolean }> {
  expect(await outcomeOfCheck(world)).toBe("available");
  const state = await world.download();
  const fetched = join(world.folder, "updates", "fetched");
  return {
    outcome: state.kind === "failed" ? state.error.code : state.kind,
    // Not even a part of it.
    isAnythingThere: (await readdir(fetched)).length > 0,
  };
}

/** Changes one byte of what was signed and leaves the signature. */
function altered(answer: string): string {
  const envelope = JSON.parse(answer) as { manifest: string };
  const text = Buffer.from(envelope.manifest, "base64").toString("utf8");
  const changed = text.replace('"version":"0.2.0"', '"version":"0.3.0"');
  return JSON.stringify({ ...envelope, manifest: Buffer.from(changed).toString("base64") });
}

describe("a newer version", () => {
  test("that is signed is offered, fetched, found to be the signed one, and handed over when asked", async () => {
    await using world = await startUpdates();
    world.server.publish();

    expect(await world.check()).toEqual({ kind: "available", version: "0.2.0", way: "install" });
    expect(world.server.asked).toEqual([MANIFEST_NAME]);
    expect(await world.download()).toEqual({ kind: "ready", version: "0.2.0", way: "install" });
    world.updates.install();

    expect(world.handedOver.map(({ path }) => path)).toEqual([
      join(world.folder, "updates", "fetched", PACKAGE_NAME),
    ]);
    expect(await readFile(world.handedOver[0]?.path ?? "")).toEqual(PACKAGE);
    expectPublished(world, ["checking", "available", "downloading", "ready"]);
  });

  test("is told and not fetched where something else installs programs", async () => {
    await using world = await startUpdates({ kind: null });
    world.server.publish();

    expect(await world.check()).toEqual({ kind: "available", version: "0.2.0", way: "notify" });
    expect((await world.download()).kind).toBe("available");
    expect(world.server.asked).toEqual([MANIFEST_NAME]);
  });

  test("signed with the second of two keys is offered as well, so that a key can be replaced", async () => {
    const old = makeUpdateKey();
    await using world = await startUpdates({ moreKeys: [old.publicKey] });
    world.server.publish({}, old.privateKey);

    expect(await outcomeOfCheck(world)).toBe("available");
  });
});

describe("a feed in the wrong hands", () => {
  test("offers nothing with a key of its own", async () => {
    await using world = await startUpdates();
    world.server.publish({}, makeUpdateKey().privateKey);

    expect(await outcomeOfCheck(world)).toBe("update.untrusted");
  });

  test("offers nothing with a signature of ours over something else", async () => {
    await using world = await startUpdates();
    world.server.publish();
    const answer = String(world.server.files.get(MANIFEST_NAME));
    world.server.files.set(MANIFEST_NAME, altered(answer));

    expect(await outcomeOfCheck(world)).toBe("update.untrusted");
  });

  test("offers nothing without a signature, with half an answer, or with no answer of ours at all", async () => {
    await using world = await startUpdates();
    world.server.publish();
    const answer = String(world.server.files.get(MANIFEST_NAME));
    const envelope = JSON.parse(answer) as object;
    const answers = [
      JSON.stringify({ ...envelope, signatures: [] }),
      answer.slice(0, -40),
      "<html>Sign in to the hotel</html>",
      "",
    ];
    for (const wrong of answers) {
      world.server.files.set(MANIFEST_NAME, wrong);
      expect(await outcomeOfCheck(world), wrong.slice(0, 20)).toBe("update.untrusted");
    }
  });

  test("offers no older version, and not the installed one again", async () => {
    await using world = await startUpdates();
    for (const version of ["0.0.9", "0.1.0"]) {
      world.server.publish({ version });
      expect(await outcomeOfCheck(world)).toBe("current");
      expect((await world.download()).kind).toBe("current");
    }
  });

  test("hides a version by playing an older signed list again: not from who has seen the newer one", async () => {
    await using world = await startUpdates();
    world.server.publish({ version: "0.2.5" });
    const older = String(world.server.files.get(MANIFEST_NAME));
    world.server.publish({ version: "0.3.0" });
    expect(await outcomeOfCheck(world)).toBe("available");

    world.server.files.set(MANIFEST_NAME, older);
    expect(await outcomeOfCheck(world)).toBe("update.untrusted");
    // After a start as well.
    await world.restart();
    expect(await outcomeOfCheck(world)).toBe("update.untrusted");
  });

  test("hides a version by never changing the list: the list runs out", async () => {
    await using world = await startUpdates();
    world.server.publish();
    world.clock.jump(1_000_000_001);

    expect(await outcomeOfCheck(world)).toBe("update.out_of_time");
  });

  test("is not believed on a computer whose clock is far behind, and is on one a few hours off", async () => {
    await using world = await startUpdates();
    world.server.publish();
    world.clock.jump(-DAY_MS - 1_000);
    expect(await outcomeOfCheck(world)).toBe("update.out_of_time");

    world.clock.jump(DAY_MS / 2);
    expect(await outcomeOfCheck(world)).toBe("available");
  });

  test("gets no further with an answer that does not end", async () => {
    await using world = await startUpdates();
    let sentBytes = 0;
    world.server.files.set(MANIFEST_NAME, (_request, response) =>
      flood(response, (bytes) => (sentBytes += bytes)),
    );

    expect(await outcomeOfCheck(world)).toBe("update.untrusted");
    // What the system's own buffers took in is all that was ever sent.
    expect(sentBytes).toBeLessThan(32 * 1024 ** 2);
  });

  test("sends nobody to another place, neither for the list nor for the package", async () => {
    await using world = await startUpdates();
    await using elsewhere = await startElsewhere();
    const redirect = (_request: unknown, response: ServerResponse) =>
      void response.writeHead(302, { location: elsewhere.address }).end();
    world.server.publish();
    world.server.files.set(PACKAGE_NAME, redirect);
    expect(await outcomeOfDownload(world)).toEqual({ outcome: "update.unreachable", isAnythingThere: false });

    world.server.files.set(MANIFEST_NAME, redirect);
    expect(await outcomeOfCheck(world)).toBe("update.unreachable");
    expect(elsewhere.asked).toBe(0);
  });

  test("names no file outside of its folder", async () => {
    await using world = await startUpdates();
    const { files } = world.server.publish();
    for (const name of ["../../evil", "https://example.org/x", "/etc/passwd", ".hidden", "a/b"]) {
      world.server.publish({ files: files.map((file) => ({ ...file, name })) });
      expect(await outcomeOfCheck(world), name).toBe("update.untrusted");
    }
  });
});

describe("a package in the wrong hands", () => {
  const wrong: readonly (readonly [string, Buffer, string])[] = [
    ["was changed in one place", Buffer.from(PACKAGE).fill("X", 1_000, 1_001), "update.untrusted"],
    ["is cut off", PACKAGE.subarray(0, PACKAGE.length - 1), "update.untrusted"],
    ["is longer than was signed", Buffer.concat([PACKAGE, Buffer.from("!")]), "update.untrusted"],
    ["is empty", Buffer.alloc(0), "update.untrusted"],
  ];

  test.each(wrong)("that %s is not used and does not stay", async (_what, content, code) => {
    await using world = await startUpdates();
    world.server.publish();
    world.server.files.set(PACKAGE_NAME, content);

    expect(await outcomeOfDownload(world)).toEqual({ outcome: code, isAnythingThere: false });
    world.updates.install();
    expect(world.handedOver).toEqual([]);
  });

  test("whose connection breaks off is not used, and the next attempt is a whole one", async () => {
    await using world = await startUpdates();
    world.server.publish();
    world.server.files.set(PACKAGE_NAME, (_request, response) => {
      response.writeHead(200, { "content-length": PACKAGE.length });
      response.write(PACKAGE.subarray(0, 100_000), () => response.destroy());
    });
    expect(await outcomeOfDownload(world)).toEqual({ outcome: "update.unreachable", isAnythingThere: false });

    world.server.files.set(PACKAGE_NAME, PACKAGE);
    expect((await world.download()).kind).toBe("ready");
  });

  test("that was changed on the disk after it was fetched is not put in place", async () => {
    await using world = await startUpdates();
    world.server.publish();
    await world.check();
    await world.download();
    world.updates.install();
    const [update] = world.handedOver;
    if (update === undefined) throw new Error("nothing was handed over");
    await writeFile(world.appImage, "the old program", { mode: 0o755 });
    await writeFile(update.path, "something else");

    await expect(world.putInPlace(update)).rejects.toThrow("changed after it was fetched");
    expect(await readFile(world.appImage, "utf8")).toBe("the old program");
    expect(world.started).toEqual([]);

    await writeFile(update.path, PACKAGE);
    await world.putInPlace(update);
    expect(await readFile(world.appImage)).toEqual(PACKAGE);
    expect((await stat(world.appImage)).mode & 0o777).toBe(0o755);
    expect(world.started).toEqual([world.appImage]);
  });
});

/** Sends until the other side has had enough. */
function flood(response: ServerResponse, count: (bytes: number) => void): void {
  const part = Buffer.alloc(64 * 1024, "[");
  const send = (): void => {
    if (response.destroyed) return;
    count(part.length);
    if (response.write(part)) setImmediate(send);
    else response.once("drain", send);
  };
  response.on("error", () => undefined);
  send();
}

/** Another server of this computer that counts who comes. */
async function startElsewhere(): Promise<AsyncDisposable & { address: string; readonly asked: number }> {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end(PACKAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get asked() {
      return asked;
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
