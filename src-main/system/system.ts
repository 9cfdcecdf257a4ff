import type { AuditEntry } from "#contract/audit.ts";
import type { CoreEvent } from "#contract/events.ts";
import type { NetworkSettings } from "#contract/network.ts";
import type { Door } from "#contract/run.ts";
import type { DoctorCheck, EntryCapabilities, Settings, SystemInfo } from "#contract/system.ts";
import type { EventJournal } from "#core/event-journal.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import type { ConsentChange } from "#main/runs/index.ts";
import type { SettingsRecords } from "#main/store/index.ts";
import type { Doctor } from "./doctor.ts";

export interface SystemDeps {
  readonly info: Omit<SystemInfo, "capabilities">;
  readonly doctor: Pick<Doctor, "examine">;
  readonly settings: SettingsRecords;
  readonly audit: Pick<AuditTrail, "around">;
  readonly consents: ConsentChange;
  readonly journal: EventJournal;
  readonly publish: (event: CoreEvent) => void;
  /** @throws AppError when something named in it cannot be used */
  readonly checkNetwork: (network: NetworkSettings) => Promise<void>;
  readonly createSignInLink: () => string | null;
  readonly yieldFolder: () => boolean;
  readonly chooseFolder: () => Promise<string | null>;
}

/** What concerns the program as a whole. */
export class System {
  readonly journal: EventJournal;
  readonly #deps: SystemDeps;

  constructor(deps: SystemDeps) {
    this.#deps = deps;
    this.journal = deps.journal;
  }

  info(capabilities: EntryCapabilities): SystemInfo {
    return { ...this.#deps.info, capabilities };
  }

  async doctor(): Promise<readonly DoctorCheck[]> {
    return await this.#deps.doctor.examine();
  }

  settings(): Settings {
    return this.#deps.settings.get();
  }

  /** A yes that is given or taken back is on the audit trail before it takes effect. */
  changeSettings({ containerConsents, ...others }: Partial<Settings>, door: Door): Settings {
    if (containerConsents !== undefined) this.#deps.consents.changeAll(containerConsents, door);
    return this.#store(others);
  }

  #store(change: Partial<Settings>): Settings {
    const settings = this.#deps.settings.set(change);
    this.#deps.publish({ type: "settings.changed" });
    return settings;
  }

  /** On the audit trail before it takes effect: whoever changes it may read along from now on. */
  async changeNetwork(network: NetworkSettings, door: Door): Promise<Settings> {
    const { audit, checkNetwork } = this.#deps;
    const details = changesOf(this.settings().network, network);
    return await audit.around({ door, action: "network.change", subject: "network", details }, async () => {
      await checkNetwork(network);
      return this.#store({ network });
    });
  }

  createSignInLink(): string | null {
    return this.#deps.createSignInLink();
  }

  yieldFolder(): boolean {
    return this.#deps.yieldFolder();
  }

  async chooseFolder(): Promise<string | null> {
    return await this.#deps.chooseFolder();
  }
}

/** What is different, as it will be; none of it can hold a secret, which its schema sees to. */
function changesOf(before: NetworkSettings, after: NetworkSettings): AuditEntry["details"] {
  const [old, told] = [textsOf(before), textsOf(after)];
  return Object.fromEntries(Object.entries(told).filter(([key, text]) => old[key] !== text));
}

function textsOf({ caFile, proxy, proxyExceptions }: NetworkSettings): Readonly<Record<string, string>> {
  return { proxy, proxyExceptions: proxyExceptions.join(" "), caFile };
}
