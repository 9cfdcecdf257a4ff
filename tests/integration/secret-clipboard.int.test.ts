import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { credentialNameSchema } from "#contract/credential.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import { SecretClipboard } from "#main/vault/secret-clipboard.ts";
import { FakeClock } from "#tests/helpers/fake-clock.ts";

const SECRET = "correct-horse-7f2a";
const ASKED = { name: credentialNameSchema.parse("shop"), field: "password" };

/** A clipboard that is a file, behind a program with the name and the arguments of the real one. */
async function setup(environment: Readonly<Record<string, string>> = { DISPLAY: ":9" }) {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-clipboard-"));
  const held = path.join(folder, "held");
  const program = path.join(folder, "xclip");
  await writeFile(held, "");
  await writeFile(program, `#!/bin/sh\ncase "$*" in *-out*) cat ${held};; *) cat >${held};; esac\n`);
  await chmod(program, 0o755);
  const clock = new FakeClock();
  const acts: string[] = [];
  const clipboard = new SecretClipboard({
    credentials: { useValue: async (_asked, task) => await task(SECRET) },
    audit: {
      around: async (act, effect) => {
        acts.push(`${act.action} ${act.subject}`);
        return await effect();
      },
    } satisfies Pick<AuditTrail, "around">,
    clock,
    platform: "linux",
    environment: { PATH: `${folder}:${process.env["PATH"]}`, ...environment },
  });
  return {
    clipboard,
    clock,
    acts,
    held: () => readFile(held, "utf8"),
    put: (text: string) => writeFile(held, text),
    async [Symbol.asyncDispose]() {
      await clipboard[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

test("a value is on the clipboard for half a minute, on the trail, and then gone", async () => {
  await using context = await setup();

  const { clearsAtMs } = await context.clipboard.copy(ASKED, "window");
  const held = await context.held();
  await context.clock.pass(30_000);

  expect([held, clearsAtMs]).toEqual([SECRET, context.clock.nowMs()]);
  expect(context.acts).toEqual(["credential.copy shop"]);
  await expect.poll(context.held).toBe("");
});

test("what a person copied meanwhile stays", async () => {
  await using context = await setup();
  await context.clipboard.copy(ASKED, "window");

  await context.put("something else");
  await context.clipboard[Symbol.asyncDispose]();

  expect(await context.held()).toBe("something else");
});

test("a core that closes clears it at once", async () => {
  await using context = await setup();
  await context.clipboard.copy(ASKED, "window");

  await context.clipboard[Symbol.asyncDispose]();

  expect(await context.held()).toBe("");
});

test("without a desktop no value is asked for", async () => {
  await using context = await setup({});

  await expect(context.clipboard.copy(ASKED, "window")).rejects.toMatchObject({
    code: "clipboard.unavailable",
  });

  expect(context.acts).toEqual([]);
});
