import { AppError } from "#contract/errors.ts";
import type { AgentName } from "#contract/ids.ts";
import type { AgentLogLimits, LogKeeping } from "#contract/log-keeping.ts";
import { formatSize, parseDuration, parseSize } from "#core/units.ts";
import type { Call, Command } from "../command.ts";
import { isoOf } from "../run-text.ts";
import { table } from "../table.ts";

export const logsLimits: Command = {
  path: ["logs", "limits"],
  summary: "Say how long and up to which size logs are kept",
  notes: ["Logs of ended runs go, the oldest first; pinned ones never do."],
  args: [],
  flags: [],
  examples: ["pilothouse logs limits", "pilothouse logs limits --json"],
  async run(call) {
    const link = await call.link();
    const keeping = await link.ask((client) => client.keeping.get.query());
    await call.answer(keepingDocument(keeping), keepingText(keeping));
    return 0;
  },
};

/** Takes a limit of an agent, or of all, back. */
const DEFAULT = "default";

export const logsLimitsSet: Command = {
  path: ["logs", "limits", "set"],
  summary: "Change how long and up to which size logs are kept",
  notes: [
    `With --agent the limits of this agent only; ${DEFAULT} makes one as for all again, or, without --agent, as it was`,
    "at first. What is beyond the limits goes within the hour, or at once with: pilothouse logs tidy",
  ],
  args: [],
  flags: [
    { name: "age", value: "DAYS", summary: `How old: 30d, or ${DEFAULT}` },
    { name: "size", value: "SIZE", summary: `How much together: 10GiB, 500MiB, or ${DEFAULT}` },
    { name: "agent", value: "NAME", summary: "Only for the logs of this agent", completion: "agent" },
  ],
  examples: [
    "pilothouse logs limits set --age 90d --size 50GiB",
    "pilothouse logs limits set --agent price-watcher --size 1GiB",
    "pilothouse logs limits set --agent price-watcher --size default",
  ],
  async run(call) {
    const maxAgeDays = ageOf(call);
    const maxBytes = sizeOf(call);
    if (maxAgeDays === undefined && maxBytes === undefined)
      throw usage("--age", "is missing", "--age DAYS, --size SIZE or both");
    const agent = call.text("agent");
    const link = await call.link();
    const keeping = await link.tell((client) =>
      client.keeping.setLimits.mutate({
        ...(agent === "" ? {} : { agent: agent as AgentName }),
        ...(maxAgeDays === undefined ? {} : { maxAgeDays }),
        ...(maxBytes === undefined ? {} : { maxBytes }),
      }),
    );
    await call.answer(keepingDocument(keeping), keepingText(keeping));
    return 0;
  },
};

export const logsTidy: Command = {
  path: ["logs", "tidy"],
  summary: "Remove now the logs that are beyond the limits",
  notes: ["Pilothouse does so by itself every hour while it runs."],
  args: [],
  flags: [],
  examples: ["pilothouse logs tidy"],
  async run(call) {
    const link = await call.link();
    const { atMs, ...report } = await link.tell((client) => client.keeping.tidy.mutate());
    const text = `${report.removedLogs} logs removed, ${formatSize(report.freedBytes)} freed; ${report.removedReleases} unused releases removed`;
    await call.answer({ ...report, at: isoOf(atMs) }, text);
    return 0;
  },
};

const DAY_MS = 86_400_000;
const MOST_DAYS = 36_500;

/** Undefined when it was not given, null to go back to the default. */
function ageOf(call: Call): number | null | undefined {
  const text = call.text("age");
  if (text === "") return undefined;
  if (text === DEFAULT) return null;
  const days = /^\d+$/.test(text) ? Number(text) : (parseDuration(text) ?? Number.NaN) / DAY_MS;
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw usage("--age", `is ${text}`, `whole days from 1d to ${MOST_DAYS}d, or ${DEFAULT}`);
}

function sizeOf(call: Call): number | null | undefined {
  const text = call.text("size");
  if (text === "") return undefined;
  if (text === DEFAULT) return null;
  const bytes = parseSize(text);
  if (bytes !== null) return bytes;
  throw usage("--size", `is ${text}`, `a size such as 500MiB or 10GiB, or ${DEFAULT}`);
}

function keepingText({ byAgent, maxAgeDays, maxBytes, ...keeping }: LogKeeping): string {
  const agents = Object.entries(byAgent).map(([name, limits]) => [name, ...limitWords(limits)]);
  return [
    table([["FOR", "AGE", "SIZE"], ["all agents", ...limitWords({ maxAgeDays, maxBytes })], ...agents]),
    "",
    `${keeping.runCount} logs take ${formatSize(keeping.storedBytes)}, Pilothouse's own ${formatSize(keeping.ownLogBytes)}`,
  ].join("\n");
}

function limitWords({ maxAgeDays, maxBytes }: AgentLogLimits): string[] {
  return [
    maxAgeDays === undefined ? "as for all" : `${maxAgeDays} d`,
    maxBytes === undefined ? "as for all" : formatSize(maxBytes),
  ];
}

function keepingDocument({ lastTidy, ...rest }: LogKeeping) {
  if (lastTidy === null) return { ...rest, lastTidy };
  const { atMs, ...report } = lastTidy;
  return { ...rest, lastTidy: { ...report, at: isoOf(atMs) } };
}

function usage(argument: string, problem: string, expected: string): AppError {
  return new AppError("usage.invalid", `${argument} ${problem}; expected ${expected}`, {
    details: { argument, problem, expected },
  });
}
