import { access, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { credentialNameSchema } from "#contract/credential.ts";
import { agentNameSchema } from "#contract/ids.ts";
import { Keyring } from "#tests/helpers/keyring.ts";
import { nodeAgent, openSecretCore } from "#tests/helpers/secret-core.ts";

const PASSWORD = "correct-horse-7f2a";

test("a run gets what its manifest names, in each of the three ways, and its log holds none of it", async () => {
  await using context = await openSecretCore();
  await context.set("shop", { user: "ada", password: PASSWORD });
  await context.core.agent(
    "worker",
    nodeAgent(
      "  - { name: shop, env: { user: SHOP_USER, password: SHOP_PASSWORD }, file: { field: password, env: SHOP_FILE }, fd: { field: password, env: SHOP_FD } }",
    ),
    {
      "main.mjs": `import { readFileSync, statSync } from "node:fs";
const { SHOP_USER, SHOP_PASSWORD, SHOP_FILE, SHOP_FD } = process.env;
const file = readFileSync(SHOP_FILE, "utf8");
const fd = readFileSync(Number(SHOP_FD), "utf8");
console.log(JSON.stringify({
  user: SHOP_USER,
  areEqual: SHOP_PASSWORD === file && file === fd,
  length: SHOP_PASSWORD.length,
  mode: (statSync(SHOP_FILE).mode & 0o777).toString(8),
  file: SHOP_FILE,
}));
console.log("the password is " + SHOP_PASSWORD);`,
    },
  );

  const run = await context.core.ended((await context.core.start("worker")).id);
  const log = (await context.core.raw(run.id)).toString();
  const said = JSON.parse(log.split("\n")[0] ?? "");

  expect(run.state).toBe("succeeded");
  expect(said).toMatchObject({ areEqual: true, length: PASSWORD.length, mode: "600" });
  expect(log).toContain("the password is ***");
  expect(log).not.toContain(PASSWORD);
  expect(said.file.startsWith(context.keyring.env["XDG_RUNTIME_DIR"])).toBe(true);
  await expect(access(said.file)).rejects.toThrow();
});

test.each([
  {
    what: "that does not exist",
    uses: "  - { name: shopp, env: { password: P } }",
    code: "start.credential_unavailable",
  },
  {
    what: "whose field was never set",
    uses: "  - { name: shop, env: { token: P } }",
    code: "start.credential_unavailable",
  },
  {
    what: "that is not allowed",
    uses: "  - { name: other, env: { value: P } }",
    code: "start.credential_not_allowed",
  },
  {
    what: "that has expired",
    uses: "  - { name: old, env: { value: P } }",
    code: "start.credential_expired",
  },
])("a manifest that names a credential $what starts nothing and says which", async ({ code, uses }) => {
  await using context = await openSecretCore();
  await context.set("shop", { password: PASSWORD });
  await context.set("other", { value: PASSWORD }, "somebody-else");
  await context.set("old", { value: PASSWORD });
  const { credentials } = context.core.core.faces;
  await credentials.change({ name: credentialNameSchema.parse("old"), expiresAtMs: 1 }, "cli");
  await context.core.agent("worker", nodeAgent(uses), { "main.mjs": "" });

  const run = await context.core.ended((await context.core.start("worker")).id);

  expect(run).toMatchObject({ state: "failed", pid: null, reason: { code: "start-failed" } });
  expect(run.reason?.details).toMatchObject({ code, agent: "worker" });
  expect(run.reason?.details["credential"]).toBe(/name: (\w+)/.exec(uses)?.[1]);
});

test("a run that needs a locked keyring waits, says for what, and goes on by itself", async () => {
  await using context = await openSecretCore();
  await context.set("shop", { password: PASSWORD });
  await context.core.agent("worker", nodeAgent("  - { name: shop, env: { password: P } }"), {
    "main.mjs": "console.log(process.env.P.length)",
  });
  await context.keyring.lock();

  const { id } = await context.core.start("worker");
  const waiting = await context.core.until(id, ({ state }) => state === "needs-attention");
  await context.keyring.unlock();
  const run = await context.core.ended(id);

  expect(waiting.reason).toMatchObject({
    code: "vault-unavailable",
    details: { store: "keychain", state: "locked" },
  });
  expect(run.state).toBe("succeeded");
  expect((await context.core.raw(id)).toString()).toBe(`${PASSWORD.length}\n`);
});

test("a run that waits for a keyring is taken up by the next core, and can be stopped", async () => {
  await using context = await openSecretCore();
  await context.set("shop", { password: PASSWORD });
  await context.core.agent("worker", nodeAgent("  - { name: shop, env: { password: P } }"), {
    "main.mjs": "",
  });
  await context.keyring.lock();
  const { id } = await context.core.start("worker");
  await context.core.until(id, ({ state }) => state === "needs-attention");

  await context.core.reopen();
  await context.core.until(id, ({ state }) => state === "needs-attention");
  await context.core.core.faces.runs.stop({ runId: id, isForced: false });

  expect(context.core.run(id).state).toBe("stopped");
});

test("runs that wait for a passphrase vault outlive the core, and all go on when the next one has its passphrase", async () => {
  await using context = await openSecretCore(await Keyring.openBus());
  const { core } = context;
  const passphrase = "seven boats at the quay";
  await core.core.faces.vault.create({ passphrase }, "cli");
  await context.set("shop", { password: PASSWORD });
  await core.agent("worker", nodeAgent("  - { name: shop, env: { password: P } }"), {
    "main.mjs": "console.log(process.env.P.length)",
  });
  // Its key is in no file: a core that starts has it locked.
  await core.reopen();
  const ids = [await core.start("worker"), await core.start("worker")].map(({ id }) => id);
  for (const id of ids) await core.until(id, ({ state }) => state === "needs-attention");

  await core.reopen();
  for (const id of ids) await core.until(id, ({ state }) => state === "needs-attention");
  await expect(core.core.faces.vault.unlock({ passphrase: "not it" }, "cli")).rejects.toMatchObject({
    code: "vault.wrong_passphrase",
  });
  const waiting = ids.map((id) => core.run(id).reason);
  await core.core.faces.vault.unlock({ passphrase }, "window");
  const ended = await Promise.all(ids.map((id) => core.ended(id)));

  expect(waiting).toMatchObject(
    ids.map(() => ({ code: "vault-unavailable", details: { store: "passphrase", state: "locked" } })),
  );
  expect(ended.map(({ state }) => state)).toEqual(["succeeded", "succeeded"]);
  for (const id of ids) expect((await core.raw(id)).toString()).toBe(`${PASSWORD.length}\n`);
});

test("a run that waits for a keyring which was locked, and then started anew, gets its value", async () => {
  await using context = await openSecretCore();
  await context.set("shop", { password: PASSWORD });
  await context.core.agent("worker", nodeAgent("  - { name: shop, env: { password: P } }"), {
    "main.mjs": "console.log(process.env.P.length)",
  });
  await context.keyring.endDaemon();
  const { id } = await context.core.start("worker");
  const waiting = await context.core.until(id, ({ state }) => state === "needs-attention");

  await context.keyring.startDaemon();
  const run = await context.core.ended(id);

  expect(waiting.reason).toMatchObject({ details: { store: "keychain", state: "absent" } });
  expect(run.state).toBe("succeeded");
});

test("variables reach the agents that name them, their own before those of all", async () => {
  await using context = await openSecretCore();
  const { variables } = context.core.core.faces;
  const worker = agentNameSchema.parse("worker");
  variables.set({ name: "BASE_URL", agent: null, value: "https://all.example" }, "cli");
  variables.set({ name: "RETRIES", agent: null, type: "number", value: "3" }, "cli");
  variables.set({ name: "RETRIES", agent: worker, type: "number", value: "5" }, "cli");
  await context.core.agent(
    "worker",
    "class: computational\nruntimes: { process: { command: [node, main.mjs] } }\nvariables: [BASE_URL, RETRIES]\n",
    { "main.mjs": "console.log(process.env.BASE_URL, process.env.RETRIES)" },
  );

  const run = await context.core.ended((await context.core.start("worker")).id);

  expect((await context.core.raw(run.id)).toString()).toBe("https://all.example 5\n");
  expect(variables.list().map(({ agent, name, usedBy }) => [name, agent, usedBy])).toEqual([
    ["BASE_URL", null, ["worker"]],
    ["RETRIES", null, []],
    ["RETRIES", "worker", ["worker"]],
  ]);
});

test("private files of a run whose supervisor was killed are gone with the run", async () => {
  await using context = await openSecretCore();
  await context.set("shop", { password: PASSWORD });
  await context.core.agent("worker", nodeAgent("  - { name: shop, file: { field: password, env: F } }"), {
    "main.mjs": "console.log(process.env.F, process.ppid); setInterval(() => undefined, 1000);",
  });
  const { id } = await context.core.start("worker");
  await context.core.until(id, ({ state }) => state === "running");
  await expect.poll(async () => (await context.core.raw(id)).toString()).toContain("\n");
  const [file = "", supervisor = ""] = (await context.core.raw(id)).toString().trim().split(" ");
  const before = (await stat(file)).size;

  process.kill(Number(supervisor), "SIGKILL");
  await context.core.ended(id);

  expect(before).toBe(PASSWORD.length);
  await expect.poll(() => readdir(path.dirname(file)).catch(() => "gone")).toBe("gone");
});

test("without a keyring nothing is stored, nothing else takes its place, and the audit trail says so", async () => {
  await using context = await openSecretCore(await Keyring.openBus());

  const failure = await context.set("shop", { password: PASSWORD }).catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: "vault.absent" });
  expect(context.core.core.faces.credentials.list()).toEqual([]);
  const { entries } = context.core.core.faces.audit.list({ limit: 10 });
  expect(entries.map(({ action, outcome }) => [action, outcome])).toEqual([
    ["credential.set", "failed"],
    ["credential.set", "begun"],
  ]);
});
