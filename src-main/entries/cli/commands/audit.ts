import { open, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import {
  AUDIT_ACTIONS,
  AUDIT_OUTCOMES,
  type AuditCheck,
  type AuditEntry,
  type AuditFilter,
} from "#contract/audit.ts";
import { AppError, ERROR_CATALOGUE } from "#contract/errors.ts";
import { doorSchema } from "#contract/run.ts";
import { toDataError } from "#main/platform/index.ts";
import type { Call, Command, Flag } from "../command.ts";
import type { CoreLink } from "../core-link.ts";
import { isoOf } from "../run-text.ts";
import { table } from "../table.ts";
import { harmless } from "../terminal.ts";

const SHOWN = 200;
const PIECE = 500;

const FILTERS: readonly Flag[] = [
  { name: "user", value: "U", summary: "Only what this user of the system did" },
  { name: "subject", value: "S", summary: "Only what was done to this credential, variable or store" },
  { name: "action", value: "A", summary: "Only this action", completion: AUDIT_ACTIONS },
  { name: "outcome", value: "O", summary: "Only this outcome", completion: AUDIT_OUTCOMES },
  { name: "door", value: "D", summary: "Only what came this way", completion: doorSchema.options },
];

export const audit: Command = {
  path: ["audit"],
  summary: "Show who did what to secrets and variables, and whether the trail is whole",
  notes: [
    "The latest entries, oldest first; with filters, those that fit all of them. --export writes every such entry, as",
    "CSV for a name that ends with .csv and as one JSON object per line for any other. Exit code 5 when an entry of the",
    "trail is not what was written, whatever the filters.",
  ],
  args: [],
  flags: [
    { name: "follow", summary: "Go on with what is added, until Ctrl-C (also -f)" },
    ...FILTERS,
    { name: "export", value: "FILE", summary: "Write the trail to this file", completion: "file" },
  ],
  examples: [
    "pilothouse audit",
    "pilothouse audit --subject shop-login --action credential.hand-over",
    "pilothouse audit --follow --json",
    "pilothouse audit --export trail.csv",
  ],
  async run(call) {
    const filter = filterOf(call);
    const link = await call.link();
    if (call.has("export")) return await exportTrail(call, link, filter);
    const { entries } = await link.ask((client) => client.audit.list.query({ ...filter, limit: SHOWN }));
    const shown = entries.toReversed();
    if (!call.has("follow")) {
      const check = await link.ask((client) => client.audit.verify.query());
      await call.answer({ entries: shown.map(entryDocument), check }, textOf(shown, check, call));
      return check.brokenAtSeq === null ? 0 : ERROR_CATALOGUE["vault.damaged"].exit;
    }
    link.allowYield();
    for (const entry of shown) await printEntry(call, entry);
    await follow(call, link, { filter, from: shown.at(-1)?.seq ?? 0 });
    return 0;
  },
};

/** @throws AppError `usage.invalid` for an action, outcome or door that does not exist */
function filterOf(call: Call): AuditFilter {
  const wanted = (name: string) => (call.has(name) ? call.text(name) : undefined);
  const [user, subject] = [wanted("user"), wanted("subject")];
  const action = oneOf(call, "action", AUDIT_ACTIONS);
  const outcome = oneOf(call, "outcome", AUDIT_OUTCOMES);
  const door = oneOf(call, "door", doorSchema.options);
  return {
    ...(user === undefined ? {} : { users: [user] }),
    ...(subject === undefined ? {} : { subjects: [subject] }),
    ...(action === undefined ? {} : { actions: [action] }),
    ...(outcome === undefined ? {} : { outcomes: [outcome] }),
    ...(door === undefined ? {} : { doors: [door] }),
  };
}

function oneOf<T extends string>(call: Call, flag: string, known: readonly T[]): T | undefined {
  if (!call.has(flag)) return undefined;
  const text = call.text(flag);
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  const expected = known.join(", ");
  throw new AppError("usage.invalid", `--${flag} ${text} is none of ${expected}`, {
    details: { argument: `--${flag}`, problem: `is ${text}`, expected },
  });
}

async function follow(
  call: Call,
  link: CoreLink,
  { filter, from }: { readonly filter: AuditFilter; readonly from: number },
): Promise<void> {
  let afterSeq = from;
  const batches = link.stream<unknown>((client, on) => client.system.events.subscribe({}, on));
  for await (const _ of batches) {
    for (let hasMore = true; hasMore; ) {
      const page = await link.ask((client) => client.audit.list.query({ ...filter, afterSeq, limit: PIECE }));
      for (const entry of page.entries) await printEntry(call, entry);
      afterSeq = page.entries.at(-1)?.seq ?? afterSeq;
      hasMore = page.hasMore;
    }
    if (call.terminal.closed.aborted) return;
  }
}

async function exportTrail(call: Call, link: CoreLink, filter: AuditFilter): Promise<number> {
  const file = resolve(call.text("export"));
  const format = file.toLowerCase().endsWith(".csv") ? "csv" : "jsonl";
  const draft = `${file}.draft`;
  let count = 0;
  try {
    const handle = await open(draft, "w", 0o600);
    try {
      for (let afterSeq: number | null = 0; afterSeq !== null; ) {
        const from: number = afterSeq;
        const request = { ...filter, format, afterSeq: from } as const;
        const piece = await link.ask((client) => client.audit.export.query(request));
        count += piece.count;
        await handle.writeFile(piece.text);
        afterSeq = piece.nextAfterSeq;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw toDataError(error, file);
  }
  const check = await link.ask((client) => client.audit.verify.query());
  await call.answer(
    { file, format, entries: count, check },
    `Wrote ${count} ${count === 1 ? "entry" : "entries"} to ${file}. ${checkText(check)}`,
  );
  return check.brokenAtSeq === null ? 0 : ERROR_CATALOGUE["vault.damaged"].exit;
}

async function printEntry({ isJson, terminal }: Call, entry: AuditEntry): Promise<void> {
  await (isJson ? terminal.document(entryDocument(entry)) : terminal.line(rowOf(entry).join("  ")));
}

function textOf(entries: readonly AuditEntry[], check: AuditCheck, { terminal }: Call): string {
  if (entries.length === 0) return "Nothing was done yet.";
  const verdict = terminal.colour(checkText(check), check.brokenAtSeq === null ? "grey" : "red");
  return [
    table([["SEQ", "TIME", "WHO", "DOOR", "ACTION", "SUBJECT", "OUTCOME", "DETAILS"], ...entries.map(rowOf)]),
    verdict,
  ].join("\n");
}

function checkText({ brokenAtSeq, entries, problem }: AuditCheck): string {
  return brokenAtSeq === null
    ? `The chain of ${entries} entries is whole.`
    : `The chain is broken: ${problem}.`;
}

function rowOf(entry: AuditEntry): string[] {
  const details = Object.entries(entry.details).map(([key, value]) => `${key}=${value}`);
  return [
    String(entry.seq),
    isoOf(entry.atMs),
    harmless(entry.who),
    entry.door,
    entry.action,
    harmless(entry.subject),
    entry.begunSeq === null ? entry.outcome : `${entry.outcome} (${entry.begunSeq})`,
    harmless(details.join(" ")),
  ];
}

function entryDocument({ atMs, ...rest }: AuditEntry) {
  return { ...rest, at: isoOf(atMs) };
}
