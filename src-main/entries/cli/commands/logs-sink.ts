import { AppError } from "#contract/errors.ts";
import type { AgentName } from "#contract/ids.ts";
import {
  type LogSink,
  SINK_KINDS,
  type SinkKind,
  type SinkName,
  type SinkTarget,
  setSinkSchema,
  sinkTargetSchema,
} from "#contract/log-sink.ts";
import { formatDuration, formatSize, parseSize } from "#core/units.ts";
import type { Call, Command } from "../command.ts";
import type { CoreLink } from "../core-link.ts";
import { agoText, isoOf } from "../run-text.ts";
import { table } from "../table.ts";
import { harmless } from "../terminal.ts";

const NAME = { name: "NAME", summary: "Name of the sink" };

export const logsSinkList: Command = {
  path: ["logs", "sink", "list"],
  summary: "List where output is forwarded to, and how that goes",
  args: [],
  flags: [],
  examples: ["pilothouse logs sink list"],
  async run(call) {
    const link = await call.link();
    const sinks = await link.ask((client) => client.sinks.list.query());
    await call.answer(sinks.map(sinkDocument), listText(sinks, call));
    return 0;
  },
};

/** Flags that say where to, by kind. */
const FIELDS: Readonly<Record<SinkKind, readonly string[]>> = {
  file: ["folder", "max-size", "max-files"],
  loki: ["url", "credential", "tenant", "label"],
  otlp: ["url", "credential"],
};

export const logsSinkSet: Command = {
  path: ["logs", "sink", "set"],
  summary: "Forward output to a file, to Loki or to an OTLP collector",
  notes: [
    "Output of runs that begin from now on is sent, and that of live runs from their next line on, while Pilothouse",
    "is open as a window or with serve. What cannot be sent waits in the stored log. Flags that are left out stay",
    "as they are. A token or password is kept as a credential and named here; it is never part of the address.",
  ],
  args: [NAME],
  flags: [
    { name: "kind", value: "KIND", summary: SINK_KINDS.join(", "), completion: SINK_KINDS },
    { name: "folder", value: "DIR", summary: "file: where NAME.jsonl grows", completion: "folder" },
    { name: "max-size", value: "SIZE", summary: "file: size at which it is put aside; 100MiB if left out" },
    { name: "max-files", value: "N", summary: "file: how many that were put aside are kept; 10 if left out" },
    { name: "url", value: "URL", summary: "loki, otlp: address of the receiver" },
    { name: "credential", value: "NAME", summary: "loki, otlp: what it logs in with; none for nothing" },
    { name: "tenant", value: "ID", summary: "loki: X-Scope-OrgID; none for nothing" },
    { name: "label", value: "NAME=VALUE", summary: "loki: one more label", isRepeated: true },
    {
      name: "agent",
      value: "NAME",
      summary: "Only output of this agent",
      completion: "agent",
      isRepeated: true,
    },
    { name: "all-agents", summary: "Output of all agents again" },
    { name: "off", summary: "Keep it and send nothing" },
    { name: "on", summary: "Send again, from where it stopped" },
  ],
  examples: [
    "pilothouse logs sink set archive --kind file --folder /srv/logs",
    "pilothouse logs sink set loki --kind loki --url https://loki.example --credential loki-key --label site=north",
    "pilothouse logs sink set collector --kind otlp --url http://127.0.0.1:4318 --agent price-watcher",
    "pilothouse logs sink set collector --off",
  ],
  async run(call) {
    if (call.has("on") && call.has("off")) throw usage("--on", "cannot be used with --off", "one of the two");
    if (call.has("agent") && call.has("all-agents")) {
      throw usage("--all-agents", "cannot be used with --agent", "one of the two");
    }
    const link = await call.link();
    const known = await findSink(link, call.text("NAME"));
    const kind = kindOf(call, known);
    const isSameKind = known?.target.kind === kind;
    const request = setSinkSchema.safeParse({
      name: call.text("NAME"),
      target: targetOf(call, kind, isSameKind ? known.target : null),
      isOn: call.has("on") || (!call.has("off") && (known?.isOn ?? true)),
      agents: agentsOf(call, known),
    });
    if (!request.success) throw refusalOf(request.error.issues[0]);
    const sink = await link.tell((client) => client.sinks.set.mutate(request.data));
    await call.answer(sinkDocument(sink), listText([sink], call));
    return 0;
  },
};

export const logsSinkRemove: Command = {
  path: ["logs", "sink", "remove"],
  summary: "Forward nothing to a sink any more and forget it",
  args: [NAME],
  flags: [],
  examples: ["pilothouse logs sink remove archive"],
  async run(call) {
    const name = call.text("NAME") as SinkName;
    const link = await call.link();
    await link.tell((client) => client.sinks.remove.mutate({ name }));
    await call.answer({ removed: name }, `Removed ${name}.`);
    return 0;
  },
};

export const logsSinkTest: Command = {
  path: ["logs", "sink", "test"],
  summary: "Try whether the receiver of a sink takes lines",
  args: [NAME],
  flags: [],
  examples: ["pilothouse logs sink test collector"],
  async run(call) {
    const name = call.text("NAME") as SinkName;
    const link = await call.link();
    const test = await link.tell((client) => client.sinks.test.mutate({ name }));
    await call.answer(test, `${name} takes lines; it took ${formatDuration(test.tookMs)}.`);
    return 0;
  },
};

async function findSink(link: CoreLink, name: string): Promise<LogSink | null> {
  const sinks = await link.ask((client) => client.sinks.list.query());
  return sinks.find((sink) => sink.name === name) ?? null;
}

function kindOf(call: Call, known: LogSink | null): SinkKind {
  const text = call.text("kind");
  const kind = SINK_KINDS.find((each) => each === text) ?? (text === "" ? known?.target.kind : undefined);
  if (kind === undefined)
    throw usage("--kind", text === "" ? "is missing" : `is ${text}`, SINK_KINDS.join(", "));
  const foreign = Object.values(FIELDS)
    .flat()
    .find((flag) => call.has(flag) && !FIELDS[kind].includes(flag));
  if (foreign === undefined) return kind;
  throw usage(
    `--${foreign}`,
    `says nothing about a ${kind}`,
    FIELDS[kind].map((flag) => `--${flag}`).join(", "),
  );
}

const NONE = "none";

function targetOf(call: Call, kind: SinkKind, known: SinkTarget | null): SinkTarget {
  const given: Record<string, unknown> = { ...known, kind };
  for (const [flag, key] of [
    ["folder", "folder"],
    ["url", "url"],
  ] as const) {
    if (call.has(flag)) given[key] = call.text(flag);
  }
  for (const flag of ["credential", "tenant"] as const) {
    if (call.has(flag)) given[flag] = call.text(flag) === NONE ? null : call.text(flag);
  }
  if (call.has("max-size")) given["maxFileBytes"] = parseSize(call.text("max-size")) ?? call.text("max-size");
  if (call.has("max-files")) given["maxFiles"] = Number(call.text("max-files"));
  if (call.has("label")) given["labels"] = labelsOf(call.text("label"));
  const target = sinkTargetSchema.safeParse(given);
  if (target.success) return target.data;
  throw refusalOf(target.error.issues[0]);
}

function labelsOf(text: string): Record<string, string> {
  const pairs = text.split(",").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at < 1) throw usage("--label", `is ${pair}`, "NAME=VALUE");
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

function agentsOf(call: Call, known: LogSink | null): readonly AgentName[] | readonly string[] | null {
  if (call.has("all-agents")) return null;
  return call.has("agent") ? call.text("agent").split(",") : (known?.agents ?? null);
}

/** Flags of the fields that the contract knows by other names. */
const FLAGS: Readonly<Record<string, string>> = {
  maxFileBytes: "--max-size",
  maxFiles: "--max-files",
  labels: "--label",
  agents: "--agent",
  name: "NAME",
};

function refusalOf(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): AppError {
  const field = String(issue?.path.find((part) => typeof part === "string" && part !== "target") ?? "");
  return usage(FLAGS[field] ?? `--${field}`, "is missing or not right", issue?.message ?? "");
}

function usage(argument: string, problem: string, expected: string): AppError {
  return new AppError("usage.invalid", `${argument} ${problem}; expected ${expected}`, {
    details: { argument, problem, expected },
  });
}

const HEADS = ["NAME", "TO", "AGENTS", "STATE", "LAST SENT", "SENT", "WAITING"];

function listText(sinks: readonly LogSink[], { clock }: Call): string {
  if (sinks.length === 0) return "Output is forwarded nowhere.";
  const nowMs = clock.nowMs();
  const rows = sinks.map((sink) => [
    sink.name,
    harmless(whereText(sink.target)),
    sink.agents === null ? "all" : sink.agents.join(","),
    sink.state,
    sink.lastSentAtMs === null ? "never" : agoText(sink.lastSentAtMs, nowMs),
    `${sink.sentLines} lines`,
    formatSize(sink.waitingBytes),
  ]);
  return [table([HEADS, ...rows]), ...sinks.flatMap((sink) => troubleLines(sink, nowMs))].join("\n");
}

function troubleLines(
  { missedLogs, name, refusedLines, retryAtMs, trouble }: LogSink,
  nowMs: number,
): string[] {
  const retry = retryAtMs === null ? "" : ` Next try in ${formatDuration(Math.max(0, retryAtMs - nowMs))}.`;
  return [
    ...(trouble === null ? [] : ["", `${harmless(trouble.message)} (${trouble.code}).${retry}`]),
    ...(refusedLines === 0 ? [] : [`${name}: ${refusedLines} lines were refused for good.`]),
    ...(missedLogs === 0 ? [] : [`${name}: ${missedLogs} logs were removed before they were sent.`]),
  ];
}

function whereText(target: SinkTarget): string {
  return target.kind === "file" ? target.folder : `${target.kind} ${target.url}`;
}

function sinkDocument({ lastSentAtMs, retryAtMs, sinceMs, trouble, ...rest }: LogSink) {
  return {
    ...rest,
    since: isoOf(sinceMs),
    lastSentAt: lastSentAtMs === null ? null : isoOf(lastSentAtMs),
    retryAt: retryAtMs === null ? null : isoOf(retryAtMs),
    trouble: trouble === null ? null : { ...trouble, atMs: undefined, at: isoOf(trouble.atMs) },
  };
}
