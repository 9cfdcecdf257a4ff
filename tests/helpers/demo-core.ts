import type { Agent, SampleAgent } from "#contract/agent.ts";
import { AppError } from "#contract/errors.ts";
import { type AgentName, THIS_COMPUTER } from "#contract/ids.ts";
import type { LogBatch } from "#contract/log.ts";
import { isFinal, type ListRuns, type Run, type RunPage } from "#contract/run.ts";
import { type Settings, settingsSchema } from "#contract/system.ts";
import type { Clock } from "#core/clock.ts";
import { EventJournal } from "#core/event-journal.ts";
import { startWebServer, type WebServer } from "#main/entries/web/index.ts";
import { type CoreFaces, createAppRouter } from "#main/rpc/index.ts";
import { NO_UPDATES } from "#main/updates/index.ts";
import {
  DEMO_NOW_MS,
  demoAgents,
  demoManifestText,
  demoRunId,
  demoRuns,
  demoScreenshots,
  demoTimeline,
} from "./demo-data.ts";
import { createDemoEngines } from "./demo-engines.ts";
import { demoDoctor, demoTarget, demoUpdate } from "./demo-health.ts";
import { demoImage } from "./demo-image.ts";
import { demoLines } from "./demo-log.ts";
import { createDemoSecrets } from "./demo-secrets.ts";
import { createDemoSinks } from "./demo-sinks.ts";
import { scriptedKeeping, scriptedLogFaces } from "./scripted-log-faces.ts";

/** `empty`: a first start. `full`: a working day. `failing`: little works. */
export type DemoScenario = "empty" | "full" | "failing";

export interface DemoOptions {
  readonly scenario: DemoScenario;
  readonly settings?: Partial<Settings>;
  readonly runCount?: number;
  readonly containerCount?: number;
}

const SAMPLES: readonly SampleAgent[] = [
  {
    name: "word-counter",
    class: "computational",
    folder: "/opt/pilothouse/samples/word-counter",
    description: "Counts the words of a text and ends; Python, standard library only",
  },
  {
    name: "ticker",
    class: "automation",
    folder: "/opt/pilothouse/samples/ticker",
    description: "Writes one line a second and stops when asked; Node",
  },
  {
    name: "hello-service",
    class: "service",
    folder: "/opt/pilothouse/samples/hello-service",
    description: "A small web service with a health check",
  },
  {
    name: "page-visitor",
    class: "autonomous",
    folder: "/opt/pilothouse/samples/page-visitor",
    description: "Walks through a page in a browser and takes screenshots",
  },
];

const LINES = demoLines(420, DEMO_NOW_MS);

/** A core made of data: good for looking at screens, for nothing else. */
export function createDemoCore(options: DemoOptions): CoreFaces {
  const { scenario, settings = {}, runCount = 240 } = options;
  const isFailing = scenario === "failing";
  const journal = new EventJournal(`demo-${process.pid}-${DEMO_NOW_MS}`);
  const demoEngines = createDemoEngines({ ...options, journal });
  const agents = new Map<AgentName, Agent>(
    scenario === "empty" ? [] : demoAgents().map((agent) => [agent.name, agent]),
  );
  let runs: Run[] = scenario === "empty" ? [] : demoRuns(runCount);
  let known: Settings = settingsSchema.parse({ hasSeenWelcome: scenario !== "empty", ...settings });
  let started = 0;

  function putRun(run: Run): Run {
    runs = [run, ...runs.filter((each) => each.id !== run.id)].sort((a, b) => (a.id < b.id ? 1 : -1));
    journal.publish({ type: "run.changed", run });
    return run;
  }
  function putAgent(agent: Agent): Agent {
    agents.set(agent.name, agent);
    journal.publish({ type: "agent.changed", agent });
    return agent;
  }
  function getAgent(name: AgentName): Agent {
    const agent = agents.get(name);
    if (agent === undefined) {
      throw new AppError("agent.not_found", `No agent ${name}`, { details: { agent: name, nearest: "" } });
    }
    return agent;
  }
  function getRun(reference: string): Run {
    const run = runs.find((each) => each.id.startsWith(reference));
    if (run === undefined)
      throw new AppError("run.not_found", "No such run", { details: { run: reference } });
    return run;
  }
  function begin(agent: AgentName, input: unknown): Run {
    if (isFailing) {
      throw new AppError("start.command_not_found", "python does not exist", {
        details: { command: "python", searched: "/usr/local/bin, /usr/bin, /bin" },
      });
    }
    started += 1;
    const template = demoRuns(1)[0];
    if (template === undefined) throw new Error("no template");
    return putRun({
      ...template,
      id: demoRunId(Date.now(), started),
      agent,
      state: "running",
      reason: null,
      inputJson: JSON.stringify(input ?? {}),
      createdAtMs: Date.now(),
      startedAtMs: Date.now(),
      endedAtMs: null,
    });
  }
  function list(request: ListRuns): RunPage {
    const matching = runs.filter(
      (run) =>
        (request.agent === undefined || run.agent === request.agent) &&
        (request.states === undefined || request.states.includes(run.state)) &&
        (request.search === undefined || `${run.id} ${run.agent}`.includes(request.search)) &&
        (request.beforeId === undefined || run.id < request.beforeId),
    );
    const page = matching.slice(0, request.limit);
    return { runs: page, total: matching.length, hasMore: matching.length > page.length };
  }

  return {
    ...createDemoSecrets({ scenario, journal }),
    engines: demoEngines.engines,
    updates: { ...NO_UPDATES, state: () => demoUpdate(scenario) },
    agents: {
      list: () => [...agents.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      get: getAgent,
      add: async (folder) => {
        throw new AppError("manifest.missing", `no agent.yaml in ${folder}`, { details: { folder } });
      },
      remove: async (name) => {
        const live = runs.filter((run) => run.agent === name && !isFinal(run.state)).length;
        if (live > 0)
          throw new AppError("agent.in_use", "still runs", { details: { agent: name, runs: live } });
        agents.delete(name);
        journal.publish({ type: "agent.removed", agent: name });
      },
      validate: async (folder) => {
        const agent = demoAgents().find((each) => folder.endsWith(each.name));
        if (agent === undefined)
          throw new AppError("manifest.missing", "no agent.yaml", { details: { folder } });
        return { folder, manifest: agent.manifest, problems: agent.problems };
      },
      setSettings: (name, change) => putAgent({ ...getAgent(name), ...change, revision: Date.now() }),
      manifestText: async (name) => demoManifestText(name),
      samples: async () => SAMPLES,
      addSample: async (sample) => {
        const template = demoAgents()[1];
        const found = SAMPLES.find((each) => each.name === sample);
        if (template === undefined || found === undefined) throw new Error("no such sample");
        const name = sample as AgentName;
        const manifest = { ...template.manifest, name, description: found.description, class: found.class };
        return putAgent({
          ...template,
          name,
          manifest,
          folder: `/home/kim/.local/share/pilothouse/samples/${name}`,
        });
      },
      browse: async (folder) => ({
        folder: folder ?? "/home/kim",
        parent: folder === "/" ? null : "/home",
        folders: [
          { name: "Documents", hasManifest: false },
          { name: "agents", hasManifest: false },
          { name: "form-filler", hasManifest: true },
          { name: "price-watcher", hasManifest: true },
        ],
        hasManifest: (folder ?? "").endsWith("price-watcher") || (folder ?? "").endsWith("form-filler"),
      }),
    },
    runs: {
      start: async (request) => begin(request.agent, request.input),
      startAgain: async (id) => begin(getRun(id).agent, JSON.parse(getRun(id).inputJson)),
      stop: async ({ runId }) => {
        const run = getRun(runId);
        if (isFinal(run.state)) {
          throw new AppError("run.already_finished", "ended", { details: { run: runId, state: run.state } });
        }
        const reason = { code: "stopped-by-user" as const, details: {} };
        return putRun({ ...run, state: "stopped", reason, endedAtMs: Date.now() });
      },
      remove: async (id) => {
        runs = runs.filter((run) => run.id !== id);
        journal.publish({ type: "run.removed", runId: id });
      },
      list,
      summaries: () =>
        [...new Set(runs.map((run) => run.agent))].flatMap((agent) => {
          const own = runs.filter((run) => run.agent === agent);
          const live = own.filter((run) => !isFinal(run.state));
          return own.slice(0, 1).map((latest) => ({ agent, latest, liveRunIds: live.map((run) => run.id) }));
        }),
      resolve: getRun,
      timeline: (id) => demoTimeline(getRun(id)),
      load: async (id) => {
        const run = getRun(id);
        if (run.startedAtMs === null) return [];
        const end = run.endedAtMs ?? Date.now();
        const step = Math.max(1_000, (end - run.startedAtMs) / 120);
        return Array.from({ length: Math.floor((end - run.startedAtMs) / step) }, (_, index) => ({
          atMs: (run.startedAtMs ?? 0) + index * step,
          cpuCores: 0.3 + 0.25 * Math.sin(index / 5) + 0.05 * (index % 3),
          memoryBytes: 90 * 2 ** 20 + index * 2 ** 19,
          processCount: 2,
        }));
      },
    },
    logs: {
      ...scriptedLogFaces(() => LINES),
      page: async ({ from, limit }) => {
        const start = from < 0 ? Math.max(0, LINES.length + from) : from - 1;
        return {
          lines: LINES.slice(start, start + limit),
          lineCount: LINES.length,
          sizeBytes: 18_432,
          isEnd: false,
        };
      },
      follow: async function* (request, signal): AsyncGenerator<LogBatch> {
        const after =
          request.afterLine < 0 ? Math.max(0, LINES.length + request.afterLine) : request.afterLine;
        const isEnd = isFinal(getRun(request.runId).state);
        yield { lines: LINES.slice(after), partials: [], lineCount: LINES.length, isEnd };
        if (!isEnd) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      },
      raw: async function* () {
        yield new TextEncoder().encode(LINES.map((line) => line.text).join("\n"));
      },
      search: async ({ text }) => ({
        lineNumbers: LINES.filter((line) => line.text.includes(text)).map((line) => line.number),
        isTruncated: false,
      }),
    },
    keeping: scriptedKeeping({
      get: () => known,
      change: (change) => {
        known = { ...known, ...change };
        journal.publish({ type: "settings.changed" });
      },
    }),
    sinks: createDemoSinks(scenario),
    screens: {
      list: (runId) => demoScreenshots(getRun(runId)),
      read: async (runId, id) => {
        const step = /^step-(\d)\.png$/.exec(id)?.[1];
        if (step !== undefined) return demoImage(Number(step)).bytes;
        throw new AppError("screenshot.not_found", "none", { details: { run: runId, screenshot: id } });
      },
    },
    targets: {
      list: () => [demoTarget(isFailing), ...demoEngines.targets],
      get: (id) => {
        if (id === THIS_COMPUTER) return demoTarget(isFailing);
        throw new AppError("target.not_found", "none", { details: { target: id, nearest: "this-computer" } });
      },
      probe: async () => demoTarget(isFailing),
    },
    system: {
      info: (capabilities) => ({
        version: "0.1.0",
        dataFolder: "/home/kim/.local/share/pilothouse",
        pid: 41_207,
        startedAtMs: DEMO_NOW_MS - 7_200_000,
        platform: "linux x64",
        nodeVersion: "24.21.0",
        sqliteVersion: "3.53.0",
        capabilities,
      }),
      doctor: async () => demoDoctor(isFailing),
      settings: () => known,
      changeNetwork: async (network) => {
        known = { ...known, network };
        return known;
      },
      changeSettings: (change) => {
        known = { ...known, ...change };
        journal.publish({ type: "settings.changed" });
        return known;
      },
      createSignInLink: () => null,
      yieldFolder: () => false,
      chooseFolder: async () => null,
      journal,
    },
  };
}

const clock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Serves a demo core through the real web entry, under the real content policy. */
export function serveDemo(options: DemoOptions, assetsFolder: string, port = 0): Promise<WebServer> {
  return startWebServer({
    router: createAppRouter(createDemoCore(options)),
    reportBug: (error, path) => {
      process.stderr.write(`${path}: ${error instanceof Error ? (error.stack ?? "") : String(error)}\n`);
      return "demo-incident";
    },
    clock,
    assetsFolder,
    port,
  });
}
