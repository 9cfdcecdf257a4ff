import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Agent } from "#contract/agent.ts";
import type { Manifest } from "#contract/manifest.ts";
import {
  Copyable,
  createUnitWords,
  type Fact,
  Mono,
  RelativeTime,
  type UnitWords,
  useFormat,
} from "../../ui/index.ts";
import { flatten, readSchema } from "./schema-form.ts";

type T = TFunction<["agents", "common"]>;

interface Words {
  readonly t: T;
  readonly say: UnitWords;
}

function fact(key: string, label: string, value: React.ReactNode): Fact {
  return { key, label, value };
}

/** What the agent is: class, folder, release. */
export function useIdentityFacts(agent: Agent): readonly Fact[] {
  const { t } = useTranslation(["agents", "common"]);
  const { manifest } = agent;
  return [
    fact("class", t("facts.class"), t(`common:class.${manifest.class}`)),
    fact("folder", t("facts.folder"), <Copyable value={agent.folder} />),
    fact(
      "release",
      t("facts.release"),
      agent.release === null ? t("facts.noRelease") : <Mono>{agent.release.slice(0, 12)}</Mono>,
    ),
    fact("added", t("facts.added"), <RelativeTime atMs={agent.addedAtMs} />),
    fact(
      "autostart",
      t("facts.autostart"),
      agent.isAutostart ? t("facts.autostartOn") : t("facts.autostartOff"),
    ),
    fact("input", t("facts.input"), inputWords(manifest, t)),
  ];
}

/** How the agent runs, in words; only what the manifest says. */
export function useRuleFacts(manifest: Manifest): readonly Fact[] {
  const { t } = useTranslation(["agents", "common"]);
  const say = createUnitWords(useFormat());
  const words: Words = { t, say };
  const facts: (Fact | null)[] = [
    fact("runtimes", t("facts.runtimes"), runtimeWords(manifest, t)),
    commandFact(manifest, t),
    ...packageFacts(manifest, t),
    fact("limits", t("facts.limits"), limitWords(manifest, words)),
    fact("restart", t("facts.restart"), restartWords(manifest, words)),
    healthFact(manifest, words),
    manifest.stop?.grace === undefined
      ? null
      : fact("stop", t("facts.stop"), t("facts.stopGrace", { grace: say.duration(manifest.stop.grace) })),
    listFact(
      "env",
      t("facts.env"),
      Object.entries(manifest.env ?? {}).map(([key, value]) => `${key}=${value}`),
    ),
    listFact("variables", t("facts.variables"), manifest.variables ?? []),
    listFact(
      "credentials",
      t("facts.credentials"),
      (manifest.credentials ?? []).map(({ name }) => name),
    ),
  ];
  return facts.filter((each) => each !== null);
}

function inputWords(manifest: Manifest, t: T): string {
  const fields = readSchema(manifest.inputs);
  if (fields === null) return "JSON";
  return fields.length === 0
    ? t("facts.inputNone")
    : t("facts.inputFields", { count: flatten(fields).length });
}

function runtimeWords({ runtimes }: Manifest, t: T): string {
  const words = [
    runtimes.process === undefined ? null : t("facts.runtimeProcess"),
    runtimes.container === undefined ? null : t("facts.runtimeContainer"),
    runtimes.function === undefined ? null : t("facts.runtimeFunction"),
  ];
  return words.filter((word) => word !== null).join(", ");
}

function commandFact({ runtimes }: Manifest, t: T): Fact | null {
  const command = runtimes.process?.command ?? runtimes.container?.command;
  return command === undefined ? null : fact("command", t("facts.command"), <Mono>{command.join(" ")}</Mono>);
}

function packageFacts({ runtimes }: Manifest, t: T): readonly Fact[] {
  const { python, node } = runtimes.process ?? {};
  const facts: Fact[] = [];
  if (python !== undefined) {
    const { version } = python;
    const words = version === undefined ? t("facts.pythonAny") : t("facts.pythonOwn", { version });
    facts.push(fact("python", t("facts.python"), words));
  }
  if (node !== undefined) {
    facts.push(fact("node", t("facts.node"), t("facts.nodeOwn", { lockfile: node.lockfile })));
  }
  return facts;
}

function limitWords({ limits }: Manifest, { t, say }: Words): string {
  const words = [
    limits?.cpus === undefined
      ? null
      : t("facts.limitCpus", { count: limits.cpus, cores: say.number(limits.cpus, 2) }),
    limits?.memory === undefined ? null : t("facts.limitMemory", { value: say.size(limits.memory) }),
    limits?.pids === undefined ? null : t("facts.limitPids", { count: limits.pids }),
    limits?.timeout === undefined ? null : t("facts.limitTimeout", { value: say.duration(limits.timeout) }),
  ].filter((word) => word !== null);
  return words.length === 0 ? t("facts.limitsNone") : words.join(", ");
}

function restartWords({ restart }: Manifest, { t, say }: Words): string {
  if (restart === undefined || restart.when === "never") return t("facts.restartNever");
  const words: string[] = [restart.when === "always" ? t("facts.restartAlways") : t("facts.restartFailure")];
  if (restart.max !== undefined) words.push(t("facts.restartMax", { count: restart.max }));
  const [from, to] = restart.backoff?.split("..") ?? [];
  if (from !== undefined && to !== undefined)
    words.push(t("facts.restartWait", { from: say.duration(from), to: say.duration(to) }));
  return words.join(", ");
}

function healthFact({ health }: Manifest, { t, say }: Words): Fact | null {
  if (health === undefined) return null;
  const words: string[] = [];
  if (health.http !== undefined) words.push(t("facts.healthHttp", { address: health.http }));
  if (health.command !== undefined)
    words.push(t("facts.healthCommand", { command: health.command.join(" ") }));
  if (health.log !== undefined) words.push(t("facts.healthLog", { text: health.log }));
  if (health.every !== undefined) words.push(t("facts.healthEvery", { every: say.duration(health.every) }));
  if (health.failures !== undefined) words.push(t("facts.healthFailures", { count: health.failures }));
  return fact("health", t("facts.health"), words.join(", "));
}

function listFact(key: string, label: string, values: readonly string[]): Fact | null {
  return values.length === 0 ? null : fact(key, label, <Mono>{values.join("\n")}</Mono>);
}
