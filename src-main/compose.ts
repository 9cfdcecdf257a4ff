import { randomBytes, randomInt } from "node:crypto";
import { userInfo } from "node:os";
import path from "node:path";
import { AppError } from "#contract/errors.ts";
import { THIS_COMPUTER } from "#contract/ids.ts";
import { manifestSchema } from "#contract/manifest.ts";
import type { Clock } from "#core/clock.ts";
import { EventJournal } from "#core/event-journal.ts";
import { inheritEnvironment } from "#core/inherited-environment.ts";
import { consentsNeeded } from "#core/manifest/container-consents.ts";
import { RunIdSource } from "#core/run-id.ts";
import { AgentRegistry, ReleaseStore, SampleShelf } from "#main/agents/index.ts";
import { AuditTrail } from "#main/audit/index.ts";
import { Engines } from "#main/drivers/container/index.ts";
import { createProcessDriver, type ProcessDriver } from "#main/drivers/process/index.ts";
import { composeLogs, type LogParts, type LogStore } from "#main/logs/index.ts";
import { OutgoingNetwork } from "#main/network/index.ts";
import { AppLog, plainUser, SystemClock } from "#main/platform/index.ts";
import type { CoreFaces } from "#main/rpc/index.ts";
import {
  type ConsentSource,
  createConsents,
  createHealthProbes,
  RunSupervisor,
  type RunSupervisorDeps,
  type RunsLog,
  recipeOf,
} from "#main/runs/index.ts";
import { Screenshots } from "#main/screens/index.ts";
import { Sinks } from "#main/sinks/index.ts";
import { CoreLock, openStore, type Store } from "#main/store/index.ts";
import { ComputerFacts } from "#main/system/index.ts";
import { Targets, TargetWatch } from "#main/targets/index.ts";
import { createUpdates, NO_UPDATES, type Updates } from "#main/updates/index.ts";
import { composeSecrets, type SecretParts } from "#main/vault/index.ts";
import { composeSystem } from "./compose-system.ts";
import type { Core, CoreConfig, CoreProviders } from "./core-config.ts";
import { holdProcess } from "./hold-process.ts";

interface Built {
  readonly agents: AgentRegistry;
  readonly driver: ProcessDriver;
  readonly engines: Engines;
  readonly retention: LogParts["retention"];
  readonly sinks: Sinks;
  readonly supervisor: RunSupervisor;
  readonly targets: Targets;
}

interface Networked {
  readonly network: OutgoingNetwork;
}

/** Builds a core and does nothing yet. The only place that knows every module. */
export function createCore(config: CoreConfig, providers: CoreProviders = {}): Core {
  return new ComposedCore(config, providers);
}

class ComposedCore implements Core {
  readonly journal = new EventJournal(randomBytes(6).toString("hex"));
  readonly clock: Clock;
  readonly log: Pick<AppLog, "write">;
  readonly #config: CoreConfig;
  readonly #providers: CoreProviders;
  #faces: CoreFaces | null = null;
  #open = new AsyncDisposableStack();

  constructor(config: CoreConfig, providers: CoreProviders) {
    this.#config = config;
    this.#providers = providers;
    this.clock = providers.clock ?? new SystemClock();
    this.log = providers.log ?? new AppLog({ file: config.data.appLog, clock: this.clock });
  }

  get faces(): CoreFaces {
    if (this.#faces === null) throw new Error("the core was not started");
    return this.#faces;
  }

  readonly reportBug = (error: unknown, where: string): string => {
    const incident = randomBytes(5).toString("hex");
    this.log.write({ level: "error", message: `bug in ${where}`, incident, error });
    return incident;
  };

  /** A full disk is no bug; the next look may find room. */
  readonly #noteUnseenTargets = (error: unknown): void => {
    if (!(error instanceof AppError)) this.reportBug(error, "look at the targets");
    else this.log.write({ level: "warning", message: "what was found on the targets was not stored", error });
  };

  async start(): Promise<void> {
    using _ = holdProcess();
    try {
      await this.#openAll();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    using _ = holdProcess();
    const open = this.#open;
    this.#open = new AsyncDisposableStack();
    await open.disposeAsync();
  }

  async #openAll(): Promise<void> {
    const { clock } = this;
    const { data, entry, startsAutostart } = this.#config;
    await data.open();
    this.#open.use(await CoreLock.acquire({ place: data, clock, pid: process.pid, entry }));
    const onSnapshotFailed = (error: unknown) =>
      this.log.write({ level: "warning", message: "no snapshot of the database could be taken", error });
    const store = this.#open.use(await openStore({ place: data, clock, onSnapshotFailed }));
    const { agents, driver, engines, retention, sinks, supervisor, targets } = this.#build(store);
    await driver.sweepSecrets();
    await agents.start();
    await engines.discover();
    await supervisor.resume();
    store.start();
    if (!startsAutostart) return;
    retention.start();
    sinks.start();
    this.#open.use(new TargetWatch({ targets, clock, onTrouble: this.#noteUnseenTargets })).start();
  }

  #build(store: Store): Built {
    const { clock, journal } = this;
    const { data } = this.#config;
    const publish = journal.publish.bind(journal);
    const releases = new ReleaseStore({ folder: data.releases, clock });
    const agents = this.#open.use(this.#agents(store, releases));
    const { retention, store: logs } = this.#open.use(this.#logs(store, agents, releases));
    const facts = this.#facts();
    const driver = this.#driver();
    const targets = this.#targets(facts, driver);
    const network = new OutgoingNetwork({ settings: () => store.settings.get().network });
    const { audit, secrets } = this.#secrets(store, agents);
    const consents = createConsents({
      audit,
      settings: store.settings,
      onChanged: () => publish({ type: "settings.changed" }),
    });
    const engines = this.#open.use(this.#engines({ agents, consents, targets, network }));
    const screens = new Screenshots({
      records: store.screenshots,
      runs: store.runs,
      clock,
      publish,
      onTrouble: (error, runId) =>
        this.log.write({ level: "warning", message: `a screenshot of run ${runId} was not taken up`, error }),
    });
    const { handOver, variables } = secrets;
    const sinks = this.#open.use(this.#sinks(store, { audit, logs, secrets, network }));
    const supervisor = this.#supervisor({
      ...{ store, logs, agents, targets, screens, variables, consents },
      secrets: handOver,
    });
    this.#open.defer(() => supervisor.close());
    this.#faces = {
      agents,
      runs: supervisor,
      logs,
      screens,
      targets,
      vault: secrets.vault,
      credentials: secrets.credentials,
      variables,
      audit,
      engines,
      updates: this.#updates(store, network) ?? NO_UPDATES,
      system: composeSystem({
        ...{ audit, consents, facts, supervisor, network, store, clock, journal },
        config: this.#config,
        providers: this.#providers,
      }),
      keeping: retention,
      sinks,
    };
    this.#open.defer(() => {
      this.#faces = null;
    });
    if (store.recovery !== null) {
      this.log.write({ level: "warning", message: `the database was repaired: ${store.recovery.problem}` });
    }
    return { agents, driver, engines, retention, sinks, supervisor, targets };
  }

  #logs(store: Store, agents: AgentRegistry, releases: ReleaseStore): LogParts {
    const { data, logWorkerScript } = this.#config;
    return composeLogs({
      ...{ agents, releases, clock: this.clock },
      folder: data.logs,
      ownLogFile: data.appLog,
      workerScript: logWorkerScript,
      records: store.logs,
      settings: store.settings,
      runs: store.runs,
      publish: (event) => this.journal.publish(event),
      onTrouble: (message, error) => this.log.write({ level: "warning", message, error }),
    });
  }

  #sinks(
    store: Store,
    parts: { audit: AuditTrail; logs: LogStore; secrets: SecretParts } & Networked,
  ): Sinks {
    const { audit, logs, network, secrets } = parts;
    return new Sinks({
      fetch: network.fetch,
      ...{ audit, logs, clock: this.clock, records: store.sinks, login: secrets.loginHeaders },
      liveRuns: () => store.runs.live().map(({ run }) => run.id),
      version: this.#config.version,
      random: () => randomInt(2 ** 32) / 2 ** 32,
    });
  }

  #secrets(store: Store, agents: AgentRegistry): { audit: AuditTrail; secrets: SecretParts } {
    const { clock, journal } = this;
    const { data, environment, keychainScript, nodeEnvironment, nodeExecutable, platform } = this.#config;
    const who = userInfo().username;
    const publish = journal.publish.bind(journal);
    const audit = new AuditTrail({
      records: store.audit,
      clock,
      who,
      publish,
      onTrouble: (error, begunSeq) =>
        this.log.write({
          level: "error",
          message: `the outcome of audit entry ${begunSeq} was not stored`,
          error,
        }),
    });
    const secrets = composeSecrets({
      records: store.credentials,
      variables: store.variables,
      usage: {
        manifests: () => agents.list().map(({ manifest }) => manifest),
        liveRunsWith: (credential) =>
          store.runs.live().filter(({ manifestJson }) => namesCredential(manifestJson, credential)).length,
      },
      audit,
      clock,
      who,
      publish,
      vaultFile: path.join(data.folder, "vault.bin"),
      newVaultId: () => randomBytes(9).toString("hex"),
      keychain: {
        script: keychainScript,
        nodeExecutable,
        nodeEnvironment: nodeEnvironment ?? {},
        environment,
        platform: platform ?? process.platform,
      },
    });
    this.#open.use(secrets);
    return { audit, secrets };
  }

  #agents(store: Store, releases: ReleaseStore): AgentRegistry {
    const { clock, journal } = this;
    const { data, homeFolder, samplesFolder } = this.#config;
    return new AgentRegistry({
      records: store.agents,
      releases,
      samples: new SampleShelf({ folder: samplesFolder, copies: data.samples }),
      clock,
      homeFolder,
      publish: (event) => journal.publish(event),
      liveRuns: (agent) => store.runs.live().filter(({ run }) => run.agent === agent).length,
    });
  }

  #facts(): ComputerFacts {
    const { data, environment, nodeEnvironment = {}, nodeExecutable, platform } = this.#config;
    return new ComputerFacts({
      dataFolder: data.folder,
      nodeExecutable,
      nodeEnvironment,
      environment,
      platform: platform ?? process.platform,
    });
  }

  #driver(): ProcessDriver {
    const { clock } = this;
    const { data, environment, nodeEnvironment, nodeExecutable, supervisorScript } = this.#config;
    return this.#open.use(
      createProcessDriver({
        runsFolder: data.runs,
        environmentsFolder: data.environments,
        supervisorScript,
        nodeExecutable,
        ...(nodeEnvironment === undefined ? {} : { nodeEnvironment }),
        hostEnvironment: environment,
        clock,
      }),
    );
  }

  #targets(facts: ComputerFacts, driver: ProcessDriver): Targets {
    const { clock, journal } = this;
    return new Targets({
      setups: [{ id: THIS_COMPUTER, name: "This computer", driver, moreFacts: () => facts.all() }],
      clock,
      publish: (event) => journal.publish(event),
    });
  }

  #engines(
    parts: Pick<Built, "agents" | "targets"> & { readonly consents: ConsentSource } & Networked,
  ): Engines {
    const { agents, consents, network, targets } = parts;
    const { clock, journal } = this;
    const { data, environment, homeFolder, platform } = this.#config;
    return new Engines({
      search: {
        environment,
        homeFolder,
        platform: platform ?? process.platform,
        onTrouble: (problem) => this.log.write({ level: "warning", message: problem }),
      },
      agentFor: (tls) => network.agentFor(tls),
      folder: data.engines,
      clock,
      publish: (event) => journal.publish(event),
      plainUser: plainUser(),
      onFound: (target) => targets.add(target),
      recipeOf: (name) => {
        const { manifest } = agents.get(name);
        const needed = consentsNeeded(manifest, { runtime: "container", showsEnvironment: true });
        const missingConsents = needed.filter((consent) => !consents.given(name).includes(consent));
        return { ...recipeOf(manifest, "container"), agent: name, release: "release", missingConsents };
      },
    });
  }

  #supervisor(
    parts: Pick<
      RunSupervisorDeps,
      "logs" | "agents" | "targets" | "screens" | "secrets" | "variables" | "consents"
    > & {
      readonly store: Store;
    },
  ): RunSupervisor {
    const { clock, journal } = this;
    const { environment, homeFolder, platform, startsAutostart } = this.#config;
    const ids = new RunIdSource(randomBytes);
    return new RunSupervisor({
      ...parts,
      records: parts.store.runs,
      publish: (event) => journal.publish(event),
      probes: createHealthProbes({
        folder: homeFolder,
        environment: inheritEnvironment(environment, platform ?? process.platform),
      }),
      clock,
      log: this.#runsLog(),
      newRunId: () => ids.next(clock.nowMs()),
      random: () => randomInt(2 ** 32) / 2 ** 32,
      startsAutostart,
    });
  }

  #runsLog(): RunsLog {
    return {
      warn: (message, facts) =>
        this.log.write({ level: "warning", message: `${message} ${JSON.stringify(facts)}` }),
      bug: this.reportBug,
    };
  }

  #updates(store: Store, { fetch }: OutgoingNetwork): Updates | null {
    const { clock, journal, reportBug } = this;
    const { data, version } = this.#config;
    const looksByItself = () => store.settings.get().looksForUpdates;
    const core = { version, dataFolder: data.folder, clock, journal, fetch, looksByItself, reportBug };
    return this.#open.use(createUpdates(this.#providers.updates, core));
  }
}

function namesCredential(manifestJson: string, credential: string): boolean {
  const { credentials = [] } = manifestSchema.parse(JSON.parse(manifestJson));
  return credentials.some(({ name }) => name === credential);
}
