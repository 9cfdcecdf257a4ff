import { AppError } from "#contract/errors.ts";
import type { AgentName, RunId } from "#contract/ids.ts";
import { runIdSchema } from "#contract/ids.ts";
import type { FollowLog, LogBatch, LogLine } from "#contract/log.ts";
import { settingsSchema } from "#contract/system.ts";
import { EventJournal } from "#core/event-journal.ts";
import type { AgentsFace, CoreFaces, LogsFace, RunsFace, SystemFace } from "#main/rpc/index.ts";
import { NO_UPDATES } from "#main/updates/index.ts";
import { createOwnEngines } from "../helpers/own-engines.ts";

/** Runs of the scripted core; each has a log with a story. */
export const STEADY: RunId = runIdSchema.parse("0000000000000001");
export const FLOOD: RunId = runIdSchema.parse("0000000000000002");
export const ENDLESS: RunId = runIdSchema.parse("0000000000000003");
export const BREAKS: RunId = runIdSchema.parse("0000000000000004");

export const STEADY_LINES = 2_000;
export const FLOOD_LINES = 4_000;
/** 4,000 of these are 64 MB. */
const FLOOD_LINE = "x".repeat(16_000);
const BATCH_LINES = 10;

/** A core that says what it is told to, and remembers what was asked of it. */
export interface TransportCore {
  readonly faces: CoreFaces;
  readonly journal: EventJournal;
  /** Log streams that are open now. */
  readonly openStreams: number;
  /** Characters of log text handed to the RPC layer so far. */
  readonly produced: number;
  readonly bugs: readonly { readonly path: string; readonly error: unknown }[];
  reportBug(error: unknown, path: string): string;
}

export function createTransportCore(): TransportCore {
  const journal = new EventJournal("life");
  const bugs: { path: string; error: unknown }[] = [];
  const logs = new ScriptedLogs();
  return {
    faces: {
      agents: scriptedAgents(),
      runs: refuseAll<RunsFace>({
        list: () => ({ runs: [], total: 0, hasMore: false }),
      }),
      logs: refuseAll<LogsFace>({ follow: (request, signal) => logs.follow(request, signal) }),
      keeping: refuseAll({}),
      sinks: refuseAll({}),
      screens: refuseAll({}),
      targets: refuseAll({}),
      vault: refuseAll({}),
      credentials: refuseAll({}),
      variables: refuseAll({}),
      audit: refuseAll({}),
      engines: createOwnEngines([]).engines,
      updates: NO_UPDATES,
      system: refuseAll<SystemFace>({
        journal,
        settings: () => settingsSchema.parse({}),
        changeSettings: (change) => ({ ...settingsSchema.parse({}), ...change }),
      }),
    },
    journal,
    bugs,
    get openStreams() {
      return logs.openStreams;
    },
    get produced() {
      return logs.produced;
    },
    reportBug(error, path) {
      bugs.push({ error, path });
      return `incident-${bugs.length}`;
    },
  };
}

function scriptedAgents(): AgentsFace {
  return refuseAll<AgentsFace>({
    list: () => [],
    get(name: AgentName) {
      if (name === "broken") throw new TypeError("cannot read properties of /home/secret");
      throw new AppError("agent.not_found", `No agent is called ${name}`, {
        details: { agent: name, nearest: "" },
      });
    },
  });
}

class ScriptedLogs {
  openStreams = 0;
  produced = 0;

  async *follow(request: FollowLog, signal: AbortSignal): AsyncGenerator<LogBatch> {
    this.openStreams += 1;
    try {
      const after = Number(request.lastEventId ?? request.afterLine);
      if (request.runId === ENDLESS) yield* endless(signal);
      else if (request.runId === BREAKS) yield* breaking();
      else yield* this.#lines(request.runId, after);
    } finally {
      this.openStreams -= 1;
    }
  }

  async *#lines(runId: RunId, after: number): AsyncGenerator<LogBatch> {
    const [count, text] = runId === FLOOD ? [FLOOD_LINES, FLOOD_LINE] : [STEADY_LINES, "line"];
    for (let last = after; last < count; last += BATCH_LINES) {
      const lines = linesFrom(last + 1, Math.min(BATCH_LINES, count - last), text);
      for (const line of lines) this.produced += line.text.length;
      yield { lines, partials: [], lineCount: count, isEnd: last + BATCH_LINES >= count };
    }
  }
}

async function* endless(signal: AbortSignal): AsyncGenerator<LogBatch> {
  yield { lines: linesFrom(1, 1, "first"), partials: [], lineCount: 1, isEnd: false };
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
}

async function* breaking(): AsyncGenerator<LogBatch> {
  yield { lines: linesFrom(1, 1, "first"), partials: [], lineCount: 2, isEnd: false };
  throw new TypeError("broke at /home/secret");
}

function linesFrom(first: number, count: number, text: string): LogLine[] {
  return Array.from({ length: count }, (_, index) => ({
    number: first + index,
    stream: "stdout",
    atMs: 0,
    text,
    isCut: false,
  }));
}

/** A face of which only `known` is played; the suite asks for nothing else. */
function refuseAll<T extends object>(known: Partial<T>): T {
  return new Proxy(known as T, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (value === undefined) throw new Error(`the scripted core has no ${String(name)}`);
      return value;
    },
  });
}
