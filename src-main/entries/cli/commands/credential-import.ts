import { resolve } from "node:path";
import type { ImportResult } from "#contract/credential.ts";
import { type ImportShape, type PlannedImport, planImport, SHAPE_KINDS } from "#contract/env-plan.ts";
import { AppError } from "#contract/errors.ts";
import type { AgentName } from "#contract/ids.ts";
import type { Call, Command } from "../command.ts";
import type { CoreLink } from "../core-link.ts";
import { openVault, PASSPHRASE_FILE } from "../open-vault.ts";
import { credentialDocument } from "../secret-text.ts";
import { table } from "../table.ts";

export const credentialImport: Command = {
  path: ["credential", "import"],
  summary: "Store the values of a .env file as credentials",
  notes: [
    "Each variable becomes a credential of its own: SHOP_TOKEN becomes shop-token, field token. With --as all of them",
    "become fields of one. Pilothouse reads the file itself; no value is shown. The file stays unless --remove is given,",
    "which deletes it once every value was stored and read back, and is refused while a variable is left out.",
  ],
  args: [{ name: "FILE", summary: "The .env file", completion: "file" }],
  flags: [
    { name: "only", value: "VAR", summary: "Take only this variable; may be repeated", isRepeated: true },
    { name: "as", value: "NAME", summary: "Make one credential of all variables" },
    {
      name: "allow",
      value: "AGENT",
      summary: "Allow this agent to be given them; may be repeated",
      completion: "agent",
      isRepeated: true,
    },
    { name: "replace", summary: "Replace the values of credentials that are there already" },
    { name: "remove", summary: "Delete the file afterwards" },
    { name: "dry-run", summary: "Say what would be stored, and store nothing" },
    PASSPHRASE_FILE,
  ],
  examples: [
    "pilothouse credential import .env --dry-run",
    "pilothouse credential import .env --allow price-watcher --remove",
    "pilothouse credential import .env --only DB_USER --only DB_PASSWORD --as database",
  ],
  takesSecret: true,
  async run(call) {
    const link = await call.link();
    const file = resolve(call.text("FILE"));
    const { plan, shape } = await planOf(call, link, file);
    if (call.has("dry-run")) {
      await call.answer({ file, take: plan.take, replaces: plan.replaced }, planText(plan));
      return 0;
    }
    refuseReplacing(call, plan);
    const { chosen } = await link.ask((client) => client.vault.status.query());
    await openVault(call, link, chosen);
    const result = await link.tell((client) =>
      client.credentials.importEnv.mutate({
        file,
        take: plan.take,
        kind: SHAPE_KINDS[shape],
        allow: listOf(call, "allow") as AgentName[],
        removesFile: call.has("remove"),
      }),
    );
    await answer(call, file, result);
    return 0;
  },
};

async function planOf(
  call: Call,
  link: CoreLink,
  file: string,
): Promise<{ readonly plan: PlannedImport; readonly shape: ImportShape }> {
  const names = await link.ask((client) => client.credentials.readEnvNames.query({ file }));
  const only = listOf(call, "only");
  const missing = only.find((name) => !names.includes(name));
  if (missing !== undefined) throw usage("--only", `${missing} is not set in ${file}`, names.join(", "));
  const taken = only.length === 0 ? names : names.filter((name) => only.includes(name));
  if (taken.length === 0) throw usage("FILE", `sets no variable: ${file}`, "lines such as NAME=value");
  const existing = await link.ask((client) => client.credentials.list.query());
  const shape = call.has("as") ? "together" : "each";
  const plan = planImport(taken, { shape, name: call.text("as") }, new Set(existing.map(({ name }) => name)));
  if (plan !== null) return { plan, shape };
  throw usage("--as", `is ${call.text("as")}`, "a lower-case letter, then lower-case letters, digits or -");
}

/** A slip of the finger must not put the test key where the real one was. */
function refuseReplacing(call: Call, { replaced }: PlannedImport): void {
  if (replaced.length === 0 || call.has("replace")) return;
  const problem = `would replace values of ${replaced.join(", ")}`;
  throw usage("FILE", problem, "--replace to do so, --only or --as to leave them alone");
}

async function answer(call: Call, file: string, { credentials, isFileRemoved }: ImportResult): Promise<void> {
  const rows = credentials.map(({ fields, name, store }) => [
    name,
    fields.map((field) => field.name).join(","),
    store,
  ]);
  const end = isFileRemoved
    ? `Deleted ${file}.`
    : `${file} still holds the values for everybody who can read it; --replace --remove stores them again and deletes it.`;
  await call.answer(
    { credentials: credentials.map(credentialDocument), isFileRemoved },
    [table([["NAME", "FIELDS", "STORE"], ...rows]), end].join("\n"),
  );
}

function planText({ replaced, take }: PlannedImport): string {
  const rows = take.map(({ field, name, variable }) => [
    variable,
    `${name}.${field}`,
    replaced.includes(name) ? "replaces its value" : "",
  ]);
  return table([["VARIABLE", "BECOMES", ""], ...rows]);
}

function listOf(call: Call, flag: string): readonly string[] {
  return call
    .text(flag)
    .split(",")
    .filter((each) => each !== "");
}

function usage(argument: string, problem: string, expected: string): AppError {
  return new AppError("usage.invalid", `${argument} ${problem}. Expected: ${expected}`, {
    details: { argument, problem, expected },
  });
}
