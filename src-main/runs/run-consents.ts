import type { ContainerConsent } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import type { AgentName, TargetId } from "#contract/ids.ts";
import type { Manifest } from "#contract/manifest.ts";
import type { Settings } from "#contract/system.ts";
import { consentsNeeded } from "#core/manifest/container-consents.ts";
import type { Driver } from "#main/drivers/index.ts";
import type { ConsentSource } from "./sources.ts";

/** What people said yes to, kept with their other choices. */
export function createConsents(settings: {
  get(): Settings;
  set(change: Partial<Settings>): Settings;
}): ConsentSource {
  const given = (agent: AgentName) => settings.get().containerConsents[agent] ?? [];
  return {
    given,
    give: (agent, more) => {
      const all = [...new Set([...given(agent), ...more])];
      settings.set({ containerConsents: { ...settings.get().containerConsents, [agent]: all } });
    },
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
