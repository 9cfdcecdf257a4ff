import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Keyring } from "#tests/helpers/keyring.ts";
import { createProgram, type Program } from "#tests/helpers/program.ts";

const SECRET = "correct-horse-7f2a";

const LENGTH_AGENT = `apiVersion: pilothouse/v1
kind: Agent
name: worker
class: computational
runtimes: { process: { command: [node, main.mjs] } }
credentials: [{ name: gcp, env: { json: KEY } }]
`;
const LENGTH_FILES = { "main.mjs": "console.log(process.env.KEY.length);" };

/** The program in a session whose keyring is a real one. */
async function setup() {
  const keyring = await Keyring.open();
  const program: Program = await createProgram();
  const run = (args: readonly string[], input?: string) =>
    program.run(args, { env: keyring.env, ...(input === undefined ? {} : { input }) });
  const json = async (args: readonly string[], input?: string) => {
    const { code, stdout, stderr } = await run([...args, "--json"], input);
    return { code, stderr, document: JSON.parse(stdout || "null") };
  };
  return {
    program,
    keyring,
    run,
    json,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await keyring[Symbol.asyncDispose]();
    },
  };
}

describe("secrets from the command line", () => {
  test("a value comes from standard input, is allowed, shown without it, replaced and removed", async () => {
    await using context = await setup();
    const { json, run } = context;

    const set = await json(
      ["credential", "set", "shop", "--kind", "password", "--allow", "a", "--allow", "b"],
      `${SECRET}\n`,
    );
    const user = await json(
      ["credential", "set", "shop", "--field", "user", "--expires", "2099-01-31"],
      "ada",
    );
    const shown = await json(["credential", "show", "shop"]);
    const listed = await run(["credential", "list"]);
    const rotated = await json(["credential", "rotate", "shop"], "12345");
    const removed = await run(["credential", "remove", "shop"]);
    const gone = await json(["credential", "show", "shopp"]);

    expect([set.code, user.code, shown.code, listed.code, rotated.code, removed.code, gone.code]).toEqual([
      0, 0, 0, 0, 0, 0, 3,
    ]);
    expect(shown.document).toMatchObject({
      name: "shop",
      kind: "password",
      store: "keychain",
      allowedAgents: ["a", "b"],
      expiresAt: "2099-01-31T23:59:59.999Z",
      fields: [{ name: "password" }, { name: "user" }],
    });
    expect(listed.stdout).toMatch(/shop +password +password,user +a,b +2099-01-31 +keychain/);
    expect(rotated.stderr).toContain("will not be masked");
    const everything = JSON.stringify([set, user, shown, listed, rotated, removed, gone]);
    expect(everything).not.toContain(SECRET);
  });

  test("a value in the arguments is refused and not repeated", async () => {
    await using context = await setup();

    const refused = await context.json(["credential", "set", "shop", SECRET], "x");

    expect(refused.code).toBe(2);
    expect(JSON.stringify(refused)).not.toContain(SECRET);
    expect(refused.stderr).toContain("standard input");
    expect((await context.json(["credential", "set", "shop"], "\n")).document).toMatchObject({
      error: { code: "usage.invalid" },
    });
  });

  test("a .env file is imported without a value being shown, replaces only when told to, and is deleted when asked", async () => {
    await using context = await setup();
    const { json, program } = context;
    const file = path.join(program.folder, ".env");
    await writeFile(file, `SHOP_TOKEN=${SECRET}\nexport MAIL_PASSWORD="two words here"\n`);

    const planned = await json(["credential", "import", file, "--dry-run"]);
    const unknown = await json(["credential", "import", file, "--only", "SHOP_TOKE"]);
    const made = await json(["credential", "import", file, "--only", "SHOP_TOKEN", "--allow", "worker"]);
    const losing = await json([
      "credential",
      "import",
      file,
      "--only",
      "SHOP_TOKEN",
      "--replace",
      "--remove",
    ]);
    const refused = await json(["credential", "import", file]);
    const replaced = await json(["credential", "import", file, "--replace", "--remove"]);
    const listed = await json(["credential", "list"]);

    expect(planned.document.take).toEqual([
      { variable: "MAIL_PASSWORD", name: "mail-password", field: "token" },
      { variable: "SHOP_TOKEN", name: "shop-token", field: "token" },
    ]);
    expect([unknown.code, refused.code]).toEqual([2, 2]);
    expect(losing.document.error).toMatchObject({ code: "credential.invalid" });
    expect(losing.document.error.message).toContain("MAIL_PASSWORD");
    expect(refused.document.error.message).toContain("shop-token");
    expect(made.document).toMatchObject({
      isFileRemoved: false,
      credentials: [{ allowedAgents: ["worker"] }],
    });
    expect(replaced.document.isFileRemoved).toBe(true);
    await expect(stat(file)).rejects.toThrow();
    expect(listed.document.map(({ name }: { name: string }) => name)).toEqual([
      "mail-password",
      "shop-token",
    ]);
    expect(JSON.stringify([planned, unknown, made, refused, replaced, listed])).not.toContain(SECRET);
  });

  test("a value comes from a file byte for byte, and one that is too long is refused with its limit", async () => {
    await using context = await setup();
    const { json, program } = context;
    const file = path.join(program.folder, "key.json");
    await writeFile(file, '{"private_key":"two\\nlines"}\n');
    await program.run(["agent", "add", await program.writeAgent("worker", LENGTH_AGENT, LENGTH_FILES)]);

    const set = await json([
      "credential",
      "set",
      "gcp",
      "--kind",
      "google-key",
      "--from",
      file,
      "--label",
      "mine",
    ]);
    const refusedRun = await json(["run", "worker", "--wait"]);
    const run = await context.run(["run", "worker", "--allow", "gcp", "--follow"]);
    await writeFile(file, "x".repeat(65_537));
    const tooLong = await json(["credential", "rotate", "gcp"], "y".repeat(65_537));
    const tooLongFile = await json(["credential", "set", "gcp", "--from", file]);

    expect(set.document).toMatchObject({ label: "mine", fields: [{ name: "json" }] });
    expect(refusedRun.document.reasonDetails.code).toBe("start.credential_not_allowed");
    expect(run.stdout).toBe(`${'{"private_key":"two\\nlines"}\n'.length}\n`);
    for (const { document } of [tooLong, tooLongFile]) {
      expect(document.error).toMatchObject({
        code: "credential.too_long",
        details: { sizeBytes: 65_537, limitBytes: 65_536 },
      });
    }
  });

  test("without a Pilothouse that stays, each command opens the passphrase vault for itself", async () => {
    await using context = await setup();
    const { json, program } = context;
    const passphrase = "nine words that nobody else would say";
    const key = path.join(program.folder, "passphrase");
    await writeFile(key, `${passphrase}\n`, { mode: 0o600 });
    const opening = ["--passphrase-file", key];
    await json(["vault", "create"], passphrase);
    await program.run(["agent", "add", await program.writeAgent("worker", LENGTH_AGENT, LENGTH_FILES)]);

    const refused = await json(["credential", "set", "gcp"], SECRET);
    const useless = await json(["vault", "unlock"], passphrase);
    const set = await json(["credential", "set", "gcp", "--field", "json", ...opening], SECRET);
    const said = await context.run(["credential", "set", "spare", ...opening], SECRET);
    const waiting = await json(["run", "worker", "--allow", "gcp"]);
    const run = await context.run(["run", "worker", "--follow", ...opening]);
    await chmod(key, 0o644);
    const open = await json(["credential", "rotate", "gcp", "--field", "json", ...opening], SECRET);
    await writeFile(key, "not the passphrase\n");
    await chmod(key, 0o600);
    const wrong = await json(["credential", "remove", "gcp", ...opening]);

    expect(refused.document.error.code).toBe("vault.locked");
    expect(refused.stderr).toContain("--passphrase-file");
    expect(useless.document.error).toMatchObject({ code: "core.unreachable" });
    expect(useless.stderr).toContain("pilothouse serve");
    expect(set.document.store).toBe("passphrase");
    expect(said.stdout).toBe("Stored spare.value in the passphrase vault, for nobody yet.\n");
    expect(waiting.document).toMatchObject({ state: "needs-attention", reasonCode: "vault-unavailable" });
    expect(run.stdout).toBe(`${SECRET.length}\n`);
    expect(open.document.error).toMatchObject({ code: "usage.invalid" });
    expect(wrong.document.error.code).toBe("vault.wrong_passphrase");
    // The one that waited goes on with the first core whose vault is open.
    await writeFile(key, `${passphrase}\n`);
    await using _ = await program.serve(opening);
    await expect
      .poll(async () => (await json(["show", waiting.document.id])).document.state)
      .toBe("succeeded");
  });

  test("variables are set, read, listed and removed", async () => {
    await using context = await setup();
    const { json, run } = context;

    await run(["variable", "set", "RETRIES", "3", "--type", "number"]);
    const wrong = await json(["variable", "set", "RETRIES", "many"]);
    const own = await json(["variable", "set", "RETRIES", "5", "--agent", "worker"]);
    const all = await json(["variable", "list"]);
    const read = await run(["variable", "get", "RETRIES"]);
    await run(["variable", "remove", "RETRIES"]);
    const gone = await run(["variable", "get", "RETRIES"]);

    expect(wrong).toMatchObject({ code: 2, document: { error: { code: "variable.invalid" } } });
    expect(own.document).toMatchObject({ agent: "worker", type: "text" });
    expect(all.document).toMatchObject([
      { agent: null, value: "3" },
      { agent: "worker", value: "5" },
    ]);
    expect([read.stdout, gone.code]).toEqual(["3\n", 3]);
  });

  test("a passphrase vault is made, locked and unlocked where Pilothouse runs", async () => {
    await using context = await setup();
    const { json, program } = context;
    const passphrase = "nine words that nobody else would say";
    await using _ = await program.serve();

    const made = await json(["vault", "create"], `${passphrase}\n`);
    const stored = await json(["credential", "set", "shop"], SECRET);
    const locked = await json(["vault", "lock"]);
    const refused = await json(["credential", "set", "shop"], SECRET);
    const wrong = await json(["vault", "unlock"], "not the passphrase");
    const unlocked = await json(["vault", "unlock"], passphrase);
    const again = await json(["vault", "create"], passphrase);

    const stateOf = ({ document }: { document: { stores: { store: string; state: string }[] } }) =>
      document.stores.find(({ store }) => store === "passphrase")?.state;
    expect([stateOf(made), stateOf(locked), stateOf(unlocked)]).toEqual(["unlocked", "locked", "unlocked"]);
    expect(made.document.chosen).toBe("passphrase");
    expect(stored.document.store).toBe("passphrase");
    expect([refused, wrong, again].map(({ code, document }) => [code, document.error.code])).toEqual([
      [5, "vault.locked"],
      [5, "vault.wrong_passphrase"],
      [5, "vault.exists"],
    ]);
    const file = await readFile(path.join(program.data, "vault.bin"));
    expect(file.includes(SECRET)).toBe(false);
    expect((await stat(path.join(program.data, "vault.bin"))).mode & 0o777).toBe(0o600);
  });

  test("the trail says who did what through which door, is whole, and can be exported", async () => {
    await using context = await setup();
    const { json, program, run } = context;
    await run(["credential", "set", "shop"], SECRET);
    await run(["variable", "set", "BASE_URL", "https://shop.example"]);
    await run(["credential", "remove", "nothing"]);

    const trail = await json(["audit"]);
    const csv = path.join(program.folder, "trail.csv");
    const exported = await json(["audit", "--export", csv]);

    expect(trail.document.check).toMatchObject({ brokenAtSeq: null, entries: 6 });
    expect(
      trail.document.entries.map(({ action, door, outcome, subject }: Record<string, string>) =>
        [action, subject, outcome, door].join(" "),
      ),
    ).toEqual([
      "credential.set shop begun cli",
      "credential.set shop done cli",
      "variable.set BASE_URL begun cli",
      "variable.set BASE_URL done cli",
      "credential.remove nothing begun cli",
      "credential.remove nothing refused cli",
    ]);
    expect(exported.document).toMatchObject({ file: csv, format: "csv" });
    expect((await readFile(csv, "utf8")).split("\r\n")).toHaveLength(8);
    expect(JSON.stringify(trail)).not.toContain(SECRET);
    const narrowed = await json(["audit", "--subject", "shop", "--outcome", "begun"]);
    expect(narrowed.document.entries.map(({ seq }: { seq: number }) => seq)).toEqual([1]);
    const part = await json(["audit", "--door", "cli", "--action", "variable.set", "--export", csv]);
    expect(part.document.entries).toBe(2);
    expect((await json(["audit", "--door", "garage"])).document.error.code).toBe("usage.invalid");
  });

  test("a new entry shows at once to whoever follows", async () => {
    await using context = await setup();
    await using _ = await context.program.serve();
    await using following = context.program.start(["audit", "--follow", "--json"]);

    await context.run(["variable", "set", "A", "1"]);

    const text = await following.untilStdout((output) => output.includes("done"));
    expect(
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).outcome),
    ).toEqual(["begun", "done"]);
  });
});
