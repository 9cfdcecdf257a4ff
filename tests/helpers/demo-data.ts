import type { Agent, ManifestProblem } from "#contract/agent.ts";
import {
  agentNameSchema,
  type ReleaseId,
  type RunId,
  releaseIdSchema,
  runIdSchema,
  THIS_COMPUTER,
} from "#contract/ids.ts";
import { type Manifest, manifestSchema } from "#contract/manifest.ts";
import {
  isFinal,
  type Run,
  type RunReason,
  type RunState,
  type Screenshot,
  type TimelineEntry,
} from "#contract/run.ts";
import { demoImage } from "./demo-image.ts";

export const DEMO_NOW_MS = Date.now();
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

/** An id whose first characters carry the time, as the core makes them. */
export function demoRunId(atMs: number, salt: number): RunId {
  let time = "";
  for (let rest = atMs; time.length < 9; rest = Math.floor(rest / 32))
    time = (DIGITS[rest % 32] ?? "0") + time;
  let tail = "";
  for (let rest = salt * 2_654_435_761 + 977; tail.length < 7; rest = Math.floor(rest / 32)) {
    tail = (DIGITS[rest % 32] ?? "0") + tail;
  }
  return runIdSchema.parse(time + tail);
}

function release(salt: number): ReleaseId {
  return releaseIdSchema.parse(
    Array.from({ length: 64 }, (_, index) => ((salt * 7 + index * 5) % 16).toString(16)).join(""),
  );
}

const BASE = { apiVersion: "pilothouse/v1", kind: "Agent" } as const;

const MANIFESTS: readonly Manifest[] = [
  {
    ...BASE,
    name: "price-watcher",
    description: "Watches three shops and reports changed prices",
    class: "automation",
    runtimes: { process: { command: ["python", "main.py"], python: { version: ">=3.10" } } },
    inputs: {
      type: "object",
      required: ["shop", "address"],
      properties: {
        shop: { type: "string", enum: ["north", "harbour", "old-town"], title: "Shop", default: "harbour" },
        address: { type: "string", format: "uri", description: "Page that lists the prices" },
        mail: { type: "string", format: "email", title: "Report to" },
        threshold: {
          type: "number",
          minimum: 0,
          maximum: 100,
          default: 5,
          description: "Percent of change worth a report",
        },
        pages: { type: "integer", minimum: 1, maximum: 50, default: 3 },
        dryRun: { type: "boolean", title: "Only look, report nothing", default: false },
        articles: { type: "array", items: { type: "string" }, title: "Articles", default: ["lamp", "chair"] },
        login: {
          type: "object",
          title: "Signing in",
          properties: {
            user: { type: "string", minLength: 3 },
            region: { type: "string", pattern: "^[A-Z]{2}$", description: "Two capital letters" },
          },
        },
      },
    },
    env: { LOG_LEVEL: "info" },
    variables: ["REGION", "CURRENCY"],
    credentials: [{ name: "shop-login", env: { user: "SHOP_USER", password: "SHOP_PASSWORD" } }],
    limits: { cpus: 0.5, memory: "256MiB", timeout: "15m" },
    restart: { when: "on-failure", max: 3, backoff: "5s..1m" },
    stop: { grace: "10s" },
  },
  {
    ...BASE,
    name: "invoice-reader",
    description: "Reads new invoices from a folder and writes them to a table",
    class: "computational",
    runtimes: { process: { command: ["python", "-m", "invoices"] } },
    limits: { cpus: 2, memory: "1GiB" },
  },
  {
    ...BASE,
    name: "status-page",
    description: "Serves the status page of the warehouse",
    class: "service",
    runtimes: { process: { command: ["node", "server.mjs"] } },
    health: { http: "http://127.0.0.1:{port}/healthz", every: "10s", failures: 3 },
    restart: { when: "always", backoff: "1s..1m" },
  },
  {
    ...BASE,
    name: "research-helper",
    description: "Reads papers on a question and writes a summary with sources",
    class: "autonomous",
    runtimes: { process: { command: ["python", "agent.py"] } },
    credentials: [{ name: "research-api", env: { token: "API_TOKEN" } }],
    limits: { timeout: "2h", memory: "2GiB" },
  },
  {
    ...BASE,
    name: "form-filler",
    description: "Fills the weekly form of the customs office in a browser",
    class: "automation",
    runtimes: { process: { command: ["node", "fill.mjs"] } },
  },
  {
    ...BASE,
    name: "nightly-backup",
    class: "computational",
    runtimes: { process: { command: ["./backup.sh"] } },
  },
];

const BROKEN: readonly ManifestProblem[] = [
  {
    file: "/home/kim/agents/form-filler/agent.yaml",
    line: 7,
    column: 3,
    key: "limits.memmory",
    problem: 'there is no key "memmory" in limits',
    expected: "memory",
    fault: {
      code: "unknown-key",
      details: { key: "memmory", place: "limits", want: "literal", wanted: "memory" },
    },
  },
  {
    file: "/home/kim/agents/form-filler/agent.yaml",
    line: 11,
    column: 10,
    key: "stop.grace",
    problem: 'stop.grace has the text "ten seconds"',
    expected: "a duration such as 15m (units: ms, s, m, h, d)",
    fault: {
      code: "wrong-value",
      details: { name: "stop.grace", found: "text", value: '"ten seconds"', want: "duration", wanted: "" },
    },
  },
];

export function demoManifestText(name: string): string {
  const command = MANIFESTS.find((manifest) => manifest.name === name)?.runtimes.process?.command ?? [];
  return `apiVersion: pilothouse/v1
kind: Agent
name: ${name}
class: automation

limits:
  ${name === "form-filler" ? "memmory" : "memory"}: 256MiB
  timeout: 15m

stop:
  grace: ${name === "form-filler" ? "ten seconds" : "10s"}

runtimes:
  process:
    command: [${command.join(", ")}]
`;
}

export function demoAgents(): Agent[] {
  return MANIFESTS.map((manifest, index): Agent => {
    manifestSchema.parse(manifest);
    return {
      name: agentNameSchema.parse(manifest.name),
      folder: `/home/kim/agents/${manifest.name}`,
      manifest,
      problems: manifest.name === "form-filler" ? BROKEN : [],
      isPresent: manifest.name !== "nightly-backup",
      release: release(index),
      isAutostart: manifest.class === "service",
      addedAtMs: DEMO_NOW_MS - (index + 2) * 26 * HOUR,
      revision: index + 1,
    };
  });
}

interface Story {
  readonly agent: string;
  readonly state: RunState;
  readonly agoMs: number;
  readonly lastsMs: number;
  readonly reason: RunReason | null;
  readonly exitCode: number | null;
}

function story(agent: string, state: RunState, times: readonly [number, number]): Story {
  const reasons: Partial<Record<RunState, RunReason>> = {
    succeeded: { code: "exited", details: { exitCode: 0 } },
    failed: { code: "exited", details: { exitCode: 1 } },
    stopped: { code: "stopped-by-user", details: {} },
    killed: { code: "killed-after-grace", details: { graceMs: 10_000 } },
    lost: { code: "supervisor-gone", details: {} },
    starting: {
      code: "preparing",
      details: { step: "installing Python packages", stepCode: "installing-python" },
    },
    queued: { code: "waiting-to-restart", details: { atMs: DEMO_NOW_MS + 42 * SECOND } },
  };
  const exitCodes: Partial<Record<RunState, number>> = { succeeded: 0, failed: 1 };
  return {
    agent,
    state,
    agoMs: times[0],
    lastsMs: times[1],
    reason: reasons[state] ?? null,
    exitCode: exitCodes[state] ?? null,
  };
}

const LIVE: readonly Story[] = [
  story("price-watcher", "running", [2 * MINUTE + 12 * SECOND, 0]),
  story("status-page", "running", [3 * 24 * HOUR + 2 * HOUR, 0]),
  story("research-helper", "needs-attention", [38 * MINUTE, 0]),
  story("invoice-reader", "starting", [9 * SECOND, 0]),
  story("research-helper", "stopping", [52 * MINUTE, 0]),
  story("price-watcher", "queued", [4 * SECOND, 0]),
];

const ENDED: readonly Story[] = [
  story("form-filler", "failed", [14 * MINUTE, 31 * SECOND]),
  story("price-watcher", "succeeded", [62 * MINUTE, 72 * SECOND]),
  story("nightly-backup", "lost", [7 * HOUR, 11 * MINUTE]),
  story("invoice-reader", "killed", [9 * HOUR, 2 * HOUR]),
  story("research-helper", "stopped", [21 * HOUR, 40 * MINUTE]),
  story("form-filler", "succeeded", [25 * HOUR, 29 * SECOND]),
];

function demoRun({ agent, state, agoMs, lastsMs, reason, exitCode }: Story, index: number): Run {
  const createdAtMs = DEMO_NOW_MS - agoMs;
  const hasStarted = state !== "queued" && state !== "starting";
  return {
    id: demoRunId(createdAtMs, index),
    agent: agentNameSchema.parse(agent),
    release: release(index % 5),
    target: THIS_COMPUTER,
    state,
    reason,
    exitCode,
    health: agent === "status-page" && state === "running" ? "healthy" : "none",
    attempt: state === "queued" ? 2 : 1,
    previousRunId: null,
    door: index % 3 === 0 ? "cli" : "window",
    inputJson:
      agent === "price-watcher" ? '{"shop":"harbour","threshold":5,"articles":["lamp","chair"]}' : "{}",
    createdAtMs,
    startedAtMs: hasStarted ? createdAtMs + 180 : null,
    endedAtMs: isFinal(state) ? createdAtMs + 180 + lastsMs : null,
    pid: isFinal(state) || !hasStarted ? null : 48_210 + index,
    port: agent === "status-page" ? 43_817 : null,
    limits: [
      {
        limit: "memory",
        wanted: "256MiB",
        isEnforced: true,
        how: "control group, version 2",
        means: { code: "control-group", details: { version: 2 } },
      },
      {
        limit: "cpus",
        wanted: "0.5",
        isEnforced: false,
        how: "no control group with this controller is open to this user",
        means: { code: "no-controller", details: {} },
      },
    ],
  };
}

/** A service that runs for days has no younger runs. */
const BATCHES = MANIFESTS.filter((manifest) => manifest.class !== "service");

/** Newest first. `count` beyond the told ones are older successes and failures. */
export function demoRuns(count: number): Run[] {
  const older = Array.from({ length: Math.max(0, count - LIVE.length - ENDED.length) }, (_, index): Story => {
    const agent = BATCHES[index % BATCHES.length]?.name ?? "price-watcher";
    return story(agent, index % 7 === 3 ? "failed" : "succeeded", [
      26 * HOUR + index * 37 * MINUTE,
      20 * SECOND + ((index * 7_919) % 400) * SECOND,
    ]);
  });
  return [...LIVE, ...ENDED, ...older].map(demoRun).sort((a, b) => (a.id < b.id ? 1 : -1));
}

export function demoTimeline(run: Run): TimelineEntry[] {
  const steps: (readonly [number, RunState, RunReason | null])[] = [
    [run.createdAtMs, "queued", null],
    [run.createdAtMs + 60, "starting", null],
  ];
  if (run.startedAtMs !== null) steps.push([run.startedAtMs, "running", null]);
  const last = run.endedAtMs ?? run.startedAtMs;
  if (last !== null && run.state !== "running") steps.push([last, run.state, run.reason]);
  const entries: Omit<TimelineEntry, "seq">[] = steps.map(([atMs, state, reason]) => ({
    atMs,
    kind: "state",
    state,
    reason,
    text: null,
  }));
  for (const screenshot of demoScreenshots(run)) {
    entries.push({
      atMs: screenshot.atMs,
      kind: "screenshot",
      state: null,
      reason: null,
      text: screenshot.id,
    });
  }
  return entries.toSorted((a, b) => a.atMs - b.atMs).map((entry, index) => ({ seq: index + 1, ...entry }));
}

const SHOT_AGENTS = ["price-watcher", "form-filler"];
const SHOT_EVERY_MS = 19 * SECOND;

/** Agents with a browser leave a picture every few seconds. */
export function demoScreenshots(run: Run): Screenshot[] {
  const { startedAtMs } = run;
  if (startedAtMs === null || !SHOT_AGENTS.includes(run.agent)) return [];
  const lasts = (run.endedAtMs ?? DEMO_NOW_MS) - startedAtMs;
  return Array.from({ length: Math.min(6, Math.floor(lasts / SHOT_EVERY_MS)) }, (_, index) => {
    const { bytes, width, height } = demoImage(index + 1);
    return {
      id: `step-${index + 1}.png`,
      runId: run.id,
      atMs: startedAtMs + (index + 1) * SHOT_EVERY_MS,
      sizeBytes: bytes.length,
      mimeType: "image/png",
      width,
      height,
    };
  });
}
