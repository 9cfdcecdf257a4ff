import type { AuditEntry } from "#contract/audit.ts";
import type { ContainerConsent } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import { type AgentName, agentNameSchema, type TargetId } from "#contract/ids.ts";
import type { Manifest } from "#contract/manifest.ts";
import type { Door } from "#contract/run.ts";
import type { Settings } from "#contract/system.ts";
import { consentsNeeded } from "#core/manifest/container-consents.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import type { Driver } from "#main/drivers/index.ts";
import type { ConsentChange, ConsentSource } from "./sources.ts";

export interface ConsentsDeps {
  readonly settings: { get(): Settings; set(change: Partial<Settings>): Settings };
  readonly audit: Pick<AuditTrail, "aroundSync">;
}

/**
 * What people said yes to, kept with their other choices.
 *
 * Each agent's change is on the audit trail before it takes effect: with a yes, the agent may run as root, or have
 * credentials where others can read them.
 */
export function createConsents({ audit, settings }: ConsentsDeps): ConsentSource & ConsentChange {
  const all = () => settings.get().containerConsents;
  const given = (agent: AgentName) => all()[agent] ?? [];
  const change = (agent: AgentName, wanted: readonly ContainerConsent[], door: Door) => {
    const details = differences(given(agent), wanted);
    if (Object.keys(details).length === 0) return;
    audit.aroundSync({ door, action: "consent.change", subject: agent, details }, () => {
      const { [agent]: _before, ...others } = all();
      settings.set({ containerConsents: wanted.length === 0 ? others : { ...others, [agent]: [...wanted] } });
    });
  };
  return {
    given,
    give: (agent, more, door) => change(agent, [...new Set([...given(agent), ...more])], door),
    changeAll: (wanted, door) => {
      for (const agent of agentNameSchema.array().parse(Object.keys({ ...all(), ...wanted }))) {
        change(agent, wanted[agent] ?? [], door);
      }
    },
  };
}

function differences(
  before: readonly ContainerConsent[],
  after: readonly ContainerConsent[],
): AuditEntry["details"] {
  const [given, taken] = [
    after.filter((each) => !before.includes(each)),
    before.filter((each) => !after.includes(each)),
  ];
  return {
    ...(given.length > 0 && { given: given.join(" ") }),
    ...(taken.length > 0 && { taken: taken.join(" ") }),
  };
}

/** @throws AppError `start.needs_consent` for the first thing that nobody has said yes to */
export function refuseWithoutConsent(
  manifest: Manifest,
  given: readonly ContainerConsent[],
  { driver, target }: { readonly driver: Driver; readonly target: TargetId },
): void {
  const missing = consentsNeeded(manifest, driver.capabilities).find((consent) => !given.includes(consent));
  if (missing === undefined) return;
  const agent = manifest.name;
  const problem = PROBLEMS[missing];
  throw new AppError(
    "start.needs_consent",
    `On ${target}, ${agent} ${problem}; nobody has said yes to that`,
    {
      details: { agent, target, consent: missing, problem },
    },
  );
}

const PROBLEMS: Readonly<Record<ContainerConsent, string>> = {
  root: "would run as root in its container",
  environment: "would get credentials in variables that everybody who may inspect its container can read",
};
