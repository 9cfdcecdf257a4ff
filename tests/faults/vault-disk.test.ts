import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { SystemClock } from "#main/platform/index.ts";
import { PassphraseStore } from "#main/vault/passphrase/passphrase-store.ts";
import { Keyring } from "#tests/helpers/keyring.ts";
import { nodeAgent, openSecretCore } from "#tests/helpers/secret-core.ts";
import { isRoot, mountSmallDisk, NO_ROOT } from "./store-fixture.ts";

const COST = 1 << 10;
const PASSPHRASE = "a passphrase of many words";

test("a full disk keeps the vault as it was, and takes new values again when there is space", async ({
  skip,
}) => {
  skip(!isRoot, NO_ROOT);
  await using disk = await mountSmallDisk(256);
  const file = path.join(disk.folder, "vault.bin");
  await using store = new PassphraseStore({ file, clock: new SystemClock(), cost: COST });
  await store.create(PASSPHRASE);
  await store.set("old", "correct-horse");
  let stored = 0;
  const fill = async () => {
    for (; stored < 100; stored += 1) await store.set(`item-${stored}`, "x".repeat(20_000));
  };

  await expect(fill()).rejects.toMatchObject({ code: "data.full" });
  const whole = await readFile(file);
  const refused = await store.set("old", "y".repeat(60_000)).catch((error: unknown) => error);

  expect(stored).toBeGreaterThan(1);
  expect(refused).toMatchObject({ code: "data.full" });
  expect((await readFile(file)).equals(whole)).toBe(true);
  expect(await readdir(disk.folder)).toEqual(["vault.bin"]);
  await using next = new PassphraseStore({ file, clock: new SystemClock(), cost: COST });
  await disk.grow(4_096);
  await next.unlock(PASSPHRASE);
  expect(await next.get("old")).toBe("correct-horse");
  await next.set("old", "new-value");
  expect(await next.get("old")).toBe("new-value");
});

test("a keyring whose disk is full keeps the old value valid while it is replaced, also for the keyring's next start", async ({
  skip,
}) => {
  skip(!isRoot, NO_ROOT);
  await using disk = await mountSmallDisk(256);
  // Everything the keyring writes is on the small disk; the core has another one.
  const keyring = await Keyring.open(path.join(disk.folder, "session"));
  await using context = await openSecretCore(keyring);
  const { core } = context;
  await context.set("shop", { password: "the-old-value" });
  await core.agent("worker", nodeAgent("  - { name: shop, env: { password: P } }"), {
    "main.mjs": `console.log(process.env.P === "the-old-value" ? "old" : process.env.P.length);`,
  });
  const given = async () => {
    const { id } = await core.ended((await core.start("worker")).id);
    return (await core.raw(id)).toString().trim();
  };
  const filler = path.join(disk.folder, "filler");
  await expect(writeFile(filler, Buffer.alloc(512 << 10))).rejects.toMatchObject({ code: "ENOSPC" });

  const refused = await context
    .set("shop", { password: "n".repeat(20_000) })
    .catch((error: unknown) => error);
  const during = await given();
  await keyring.endDaemon();
  await keyring.startDaemon();
  const afterRestart = await given();
  await rm(filler);
  await context.set("shop", { password: "n".repeat(20_000) });

  expect(refused).toMatchObject({ code: "vault.failed" });
  expect([during, afterRestart]).toEqual(["old", "old"]);
  expect(await given()).toBe("20000");
  const trail = core.core.faces.audit.list({ limit: 100, actions: ["credential.set"] }).entries;
  expect(trail.map(({ outcome }) => outcome)).toEqual(["done", "begun", "failed", "begun", "done", "begun"]);
});
