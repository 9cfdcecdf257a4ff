import { join } from "node:path";
import type { Agent, AgentSettings, AgentValidation, ManifestProblem, SampleAgent } from "#contract/agent.ts";
import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import { type AgentName, agentNameSchema, type ReleaseId } from "#contract/ids.ts";
import { type Manifest, manifestSchema } from "#contract/manifest.ts";
import type { FolderListing } from "#contract/system.ts";
import type { Clock } from "#core/clock.ts";
import { type RunPlan, resolvePlan } from "#core/manifest/class-defaults.ts";
import { invalidManifest } from "#core/manifest/invalid-manifest.ts";
import { faultPhrase } from "#core/manifest/manifest-fault.ts";
import { findNearest } from "#core/manifest/nearest-word.ts";
import type { AgentRecords, StoredAgent } from "./agent-records.ts";
import { listFolders } from "./folder-listing.ts";
import { FolderWatch } from "./folder-watch.ts";
import {
  isSameFolder,
  lookAtManifest,
  MANIFEST_FILE,
  type ManifestLook,
  missingManifest,
  readManifestText,
  resolveAgentFolder,
  unreadableFolder,
} from "./manifest-file.ts";
import type { ReadManifest } from "./manifest-reader.ts";
import type { Release, ReleaseStore } from "./release-store.ts";
import { RunInputs } from "./run-input.ts";
import type { SampleShelf } from "./sample-shelf.ts";

export interface AgentRegistryDeps {
  readonly records: AgentRecords;
  readonly releases: ReleaseStore;
  readonly samples: SampleShelf;
  readonly clock: Clock;
  readonly homeFolder: string;
  readonly publish: (event: CoreEvent) => void;
  /** Runs of the agent that have not ended. */
  readonly liveRuns: (agent: AgentName) => number;
  /** Told when what a look found could not be stored, e.g. on a full disk; the next look tries again. */
  readonly onTrouble?: (error: unknown, agent: AgentName) => void;
}

/** Everything a run needs to know of its agent, of one moment. */
export interface PreparedStart {
  readonly agent: Agent;
  /** As it stands in the release. */
  readonly manifest: Manifest;
  readonly plan: RunPlan;
  readonly release: ReleaseId;
  readonly releaseFolder: string;
}

interface KnownAgent {
  agent: Agent;
  /** Of the manifest as it was last read; null to read it at the next look. */
  signature: string | null;
  /** The last release made and the manifest in it, so that the next start need not read it again. */
  released: { readonly id: ReleaseId; readonly manifest: Manifest } | null;
  readonly watch: FolderWatch;
  /** Number of the newest look whose answer was taken; an older one that comes later tells old news. */
  appliedLook: number;
}

/** A look at a dead network drive may take minutes; the start of the program does not wait for it. */
const START_WAIT_MS = 1000;

/**
 * Knows every agent the user added, keeps up with their folders, and makes the releases that runs start from.
 *
 * A manifest that becomes invalid does not make its agent vanish: the last valid one stays, beside what is
 * wrong with the new one. Every change of an agent is published, with a higher revision.
 */
export class AgentRegistry {
  readonly #deps: AgentRegistryDeps;
  readonly #known = new Map<AgentName, KnownAgent>();
  readonly #inputs = new RunInputs();
  #lastLook = 0;

  constructor(deps: AgentRegistryDeps) {
    this.#deps = deps;
  }

  /** Takes up the stored agents and begins to watch their folders. */
  async start(): Promise<void> {
    await this.#deps.releases.start();
    const looks = this.#deps.records.all().map(async (stored) => {
      const known = this.#take(agentOf(stored));
      await this.#lookAlone(stored.name);
      await known.watch.start();
    });
    await new Promise<void>((resolve, reject) => {
      const timer = this.#deps.clock.after(START_WAIT_MS, resolve);
      Promise.all(looks)
        .then(() => resolve(), reject)
        .finally(() => timer.cancel());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { watch } of this.#known.values()) watch.close();
    this.#known.clear();
  }

  list(): readonly Agent[] {
    return [...this.#known.values()].map(({ agent }) => agent).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: AgentName): Agent {
    return this.#get(name).agent;
  }

  async add(text: string): Promise<Agent> {
    const { homeFolder, samples } = this.#deps;
    const given = await resolveAgentFolder(text, homeFolder);
    // What ships with the program is not the user's to change, and a sample needs the packages of its copy.
    const sample = await samples.nameOf(given);
    const folder = sample === null ? given : await samples.take(sample);
    const look = await lookAtManifest(folder, null);
    const manifest = await validManifest(folder, look);
    const name = agentNameSchema.parse(manifest.name);
    const present = this.#known.get(name);
    if (present !== undefined) return this.#addAgain(present, folder);

    const addedAtMs = this.#deps.clock.nowMs();
    const isAutostart = resolvePlan(manifest).isAutostartDefault;
    const manifestJson = JSON.stringify(manifest);
    this.#deps.records.insert({ name, folder, manifestJson, isAutostart, addedAtMs });
    const { watch } = this.#take(
      agentOf({ name, folder, manifestJson, isAutostart, addedAtMs, release: null }),
    );
    this.#deps.publish({ type: "agent.changed", agent: this.get(name) });
    await watch.start();
    // From here on changes are noticed; this look finds those made since the first one.
    await this.#look(name);
    return this.get(name);
  }

  async #addAgain(known: KnownAgent, folder: string): Promise<Agent> {
    const { name } = known.agent;
    await this.#look(name);
    const { agent } = this.#get(name);
    if (await isSameFolder(agent.folder, folder)) return agent;
    if (!agent.isPresent) return this.#move(known, folder);
    throw new AppError("agent.name_taken", `${agent.folder} already provides an agent ${agent.name}`, {
      details: { agent: agent.name, folder, otherFolder: agent.folder },
    });
  }

  /** The folder was moved or renamed outside: the agent goes on under its name, with its history. */
  async #move(known: KnownAgent, folder: string): Promise<Agent> {
    const { agent } = known;
    this.#deps.records.update(agent.name, { folder });
    known.watch.close();
    const moved = this.#take(agent, folder);
    this.#change(moved, { folder, problems: [] });
    await this.#look(agent.name);
    await moved.watch.start();
    return this.get(agent.name);
  }

  async remove(name: AgentName): Promise<void> {
    const known = this.#get(name);
    const runs = this.#deps.liveRuns(name);
    if (runs > 0) {
      throw new AppError("agent.in_use", `${name} still has ${runs} runs; stop them first`, {
        details: { agent: name, runs },
      });
    }
    this.#deps.records.remove(name);
    known.watch.close();
    this.#known.delete(name);
    this.#deps.publish({ type: "agent.removed", agent: name });
  }

  async validate(text: string): Promise<AgentValidation> {
    const folder = await resolveAgentFolder(text, this.#deps.homeFolder);
    const look = await lookAtManifest(folder, null);
    if (look.kind === "no-manifest") throw await missingManifest(folder);
    if (look.kind !== "read") throw unreadableFolder(folder, "cannot be read", undefined);
    return { folder, manifest: look.manifest, problems: look.problems };
  }

  setSettings(name: AgentName, settings: AgentSettings): Agent {
    const known = this.#get(name);
    if (known.agent.isAutostart !== settings.isAutostart) {
      this.#deps.records.update(name, { isAutostart: settings.isAutostart });
      this.#change(known, { isAutostart: settings.isAutostart });
    }
    return known.agent;
  }

  async manifestText(name: AgentName): Promise<string> {
    return readManifestText(this.#get(name).agent.folder);
  }

  async samples(): Promise<readonly SampleAgent[]> {
    return this.#deps.samples.list();
  }

  async addSample(sample: string): Promise<Agent> {
    return this.add(await this.#deps.samples.take(sample));
  }

  async browse(folder: string | null): Promise<FolderListing> {
    return listFolders(folder, this.#deps.homeFolder);
  }

  /** The numbers a run of this agent goes by. */
  planOf(name: AgentName): RunPlan {
    return resolvePlan(this.#get(name).agent.manifest);
  }

  /**
   * The input of a run as JSON text, defaults filled in; `{}` when none is given.
   *
   * @throws AppError `run.input_invalid`, `run.input_too_large`
   */
  checkInput(agent: Pick<Agent, "manifest">, input: unknown): string {
    return this.#inputs.check(agent.manifest, input);
  }

  /**
   * Looks at the folder now and makes a release of it, unless that exists already.
   *
   * @throws AppError `agent.not_found`, `manifest.*`, `release.*`, `folder.unreadable`, `data.*`
   */
  async prepareStart(name: AgentName, signal: AbortSignal): Promise<PreparedStart> {
    const known = this.#get(name);
    await this.#look(name);
    const { folder, isPresent, problems } = known.agent;
    if (!isPresent) throw unreadableFolder(folder, "does not exist or cannot be read", undefined);
    if (known.signature === null) throw await missingManifest(folder);
    if (problems.length > 0) throw invalidManifest(problems);

    const release = await this.#deps.releases.make(folder, signal);
    const manifest = await this.#manifestIn(known, release);
    if (known.agent.release !== release.id) {
      this.#deps.records.update(name, { release: release.id });
      this.#change(known, { release: release.id });
    }
    const plan = resolvePlan(manifest);
    return { agent: known.agent, manifest, plan, release: release.id, releaseFolder: release.folder };
  }

  /** The folder may have changed between the look and the copy; what counts is what was copied. */
  async #manifestIn(known: KnownAgent, { id, folder }: Release): Promise<Manifest> {
    if (known.released?.id === id) return known.released.manifest;
    const look = await lookAtManifest(folder, null);
    const manifest = await validManifest(folder, look);
    const problems = look.kind === "read" ? renameProblems(known.agent, look) : [];
    if (problems.length > 0) throw invalidManifest(problems);
    known.released = { id, manifest };
    return manifest;
  }

  #get(name: AgentName): KnownAgent {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const nearest = findNearest(name, this.#known.keys()) ?? "";
    throw new AppError("agent.not_found", `There is no agent ${name}`, { details: { agent: name, nearest } });
  }

  #take(agent: Agent, folder = agent.folder): KnownAgent {
    const watch = new FolderWatch({
      folder,
      clock: this.#deps.clock,
      look: () => this.#lookAlone(agent.name),
    });
    const known: KnownAgent = { agent, signature: null, released: null, watch, appliedLook: 0 };
    this.#known.set(agent.name, known);
    return known;
  }

  /** A look that nobody waits for. */
  async #lookAlone(name: AgentName): Promise<void> {
    try {
      await this.#look(name);
    } catch (error) {
      this.#deps.onTrouble?.(error, name);
    }
  }

  async #look(name: AgentName): Promise<void> {
    const known = this.#known.get(name);
    if (known === undefined) return;
    this.#lastLook += 1;
    const number = this.#lastLook;
    const look = await lookAtManifest(known.agent.folder, known.signature);
    // The agent may have been removed, and added anew, while the disk was asked.
    if (this.#known.get(name) !== known || number < known.appliedLook) return;
    known.appliedLook = number;
    this.#apply(known, look);
  }

  #apply(known: KnownAgent, look: ManifestLook): void {
    const { agent } = known;
    if (look.kind === "unchanged") {
      this.#change(known, { isPresent: true });
      return;
    }
    if (look.kind !== "read") {
      known.signature = null;
      const isPresent = look.kind === "no-manifest";
      this.#change(known, {
        isPresent,
        problems: isPresent ? [noManifestProblem(agent.folder)] : agent.problems,
      });
      return;
    }
    const problems = look.manifest === null ? look.problems : renameProblems(agent, look);
    const manifest = problems.length === 0 && look.manifest !== null ? look.manifest : agent.manifest;
    if (!isEqual(manifest, agent.manifest)) {
      this.#deps.records.update(agent.name, { manifestJson: JSON.stringify(manifest) });
    }
    // Only now: a change that could not be stored is to be found again by the next look.
    known.signature = look.signature;
    this.#change(known, { isPresent: true, problems, manifest });
  }

  #change(known: KnownAgent, change: Partial<Agent>): void {
    const next = { ...known.agent, ...change };
    if (isEqual(next, known.agent)) return;
    known.agent = { ...next, revision: known.agent.revision + 1 };
    this.#deps.publish({ type: "agent.changed", agent: known.agent });
  }
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function validManifest(folder: string, look: ManifestLook): Promise<Manifest> {
  if (look.kind === "no-manifest") throw await missingManifest(folder);
  if (look.kind !== "read") throw unreadableFolder(folder, "does not exist or cannot be read", undefined);
  if (look.manifest === null) throw invalidManifest(look.problems);
  return look.manifest;
}

function agentOf(stored: StoredAgent): Agent {
  const parsed = manifestSchema.safeParse(JSON.parse(stored.manifestJson));
  return {
    name: stored.name,
    folder: stored.folder,
    // A manifest stored by a version with other rules; the look that follows says what is wrong with it now.
    manifest: parsed.success ? parsed.data : emptyManifest(stored.name),
    problems: [],
    isPresent: true,
    release: stored.release,
    isAutostart: stored.isAutostart,
    addedAtMs: stored.addedAtMs,
    revision: 1,
  };
}

function emptyManifest(name: AgentName): Manifest {
  return { apiVersion: "pilothouse/v1", kind: "Agent", name, class: "computational", runtimes: {} };
}

function noManifestProblem(folder: string): ManifestProblem {
  return {
    file: join(folder, MANIFEST_FILE),
    line: 1,
    column: 1,
    key: "",
    problem: `${MANIFEST_FILE} is missing`,
    expected: `the file ${MANIFEST_FILE}, back in its folder`,
    ...faultPhrase("file-missing"),
  };
}

/** An agent keeps the name under which it was added: its runs and settings hang on it. */
function renameProblems(
  { name, folder }: Agent,
  { manifest, nameAt }: ReadManifest,
): readonly ManifestProblem[] {
  if (manifest === null || manifest.name === name) return [];
  return [
    {
      file: join(folder, MANIFEST_FILE),
      ...nameAt,
      key: "name",
      problem: `the name changed from ${name} to ${manifest.name}`,
      expected: `${name}; or remove this agent and add its folder again`,
      ...faultPhrase("renamed", { from: name, to: manifest.name }),
    },
  ];
}
