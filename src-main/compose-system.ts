import type { Clock } from "#core/clock.ts";
import type { EventJournal } from "#core/event-journal.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import type { OutgoingNetwork } from "#main/network/index.ts";
import type { ConsentChange, RunSupervisor } from "#main/runs/index.ts";
import type { Store } from "#main/store/index.ts";
import { type ComputerFacts, Doctor, System } from "#main/system/index.ts";
import type { CoreConfig, CoreProviders } from "./core-config.ts";

export interface SystemParts {
  readonly store: Store;
  readonly facts: ComputerFacts;
  readonly supervisor: RunSupervisor;
  readonly network: OutgoingNetwork;
  readonly audit: AuditTrail;
  readonly consents: ConsentChange;
  readonly clock: Clock;
  readonly journal: EventJournal;
  readonly config: CoreConfig;
  readonly providers: CoreProviders;
}

/** What concerns the program as a whole, wired to the parts it asks. */
export function composeSystem(parts: SystemParts): System {
  const { audit, clock, config, consents, facts, journal, network, providers, store, supervisor } = parts;
  const { data, version } = config;
  return new System({
    info: {
      version,
      dataFolder: data.folder,
      pid: process.pid,
      startedAtMs: clock.nowMs(),
      platform: config.platform ?? process.platform,
      nodeVersion: process.versions.node,
      sqliteVersion: store.sqliteVersion,
    },
    doctor: new Doctor({
      facts,
      dataFolder: data.folder,
      tryDataFolder: () => data.open(),
      tryDatabase: () => store.runs.live(),
      databaseFile: data.database,
      sqliteVersion: store.sqliteVersion,
      recovery: store.recovery,
      orphans: () => supervisor.orphans(new AbortController().signal),
      clock,
    }),
    settings: store.settings,
    audit,
    consents,
    journal,
    publish: (event) => journal.publish(event),
    checkNetwork: (settings) => network.check(settings),
    createSignInLink: providers.createSignInLink ?? (() => null),
    yieldFolder: providers.yieldFolder ?? (() => false),
    chooseFolder: providers.chooseFolder ?? (async () => null),
  });
}
