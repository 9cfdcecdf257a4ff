import { useTranslation } from "react-i18next";
import type { TargetProbe } from "#contract/target.ts";
import type { Language } from "../../locales/index.ts";
import {
  Bytes,
  errorText,
  type Fact,
  type Format,
  KeyValueList,
  RelativeTime,
  useFormat,
  useLanguage,
} from "../../ui/index.ts";
import classes from "./targets.module.css";

const KNOWN_FACTS = [
  "engine",
  "address",
  "gpus",
  "system",
  "kernel",
  "architecture",
  "processors",
  "cpus",
  "cores",
  "browser",
  "memory",
  "python",
  "node",
  "hostname",
  "user",
  "disk",
  "limits",
  "cgroups",
] as const;

/** What does not work on a target, in the language of the page. */
export function TargetWarnings({ probe }: { readonly probe: TargetProbe }) {
  const { t } = useTranslation("targets");
  const language = useLanguage();
  return (
    <section className={classes.warnings} data-failed={!probe.isReachable || undefined}>
      <h2>{t("page.warnings")}</h2>
      <ul>
        {probe.warnings.map((warning) => (
          <li key={warning}>{warningText(probe, warning, language)}</li>
        ))}
      </ul>
    </section>
  );
}

function warningText({ failure }: TargetProbe, warning: string, language: Language): string {
  if (failure === undefined) return warning;
  const { what, means, do: advice } = errorText(language, { ...failure, message: warning, path: "" });
  return [...new Set([what, means, advice])]
    .filter((part) => part !== "")
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(" ");
}

/** What was found on a target, each with its name. */
export function TargetFacts({ probe }: { readonly probe: TargetProbe }) {
  const { t } = useTranslation("targets");
  const format = useFormat();
  const sizeOf = (key: string) => probe.facts.find((fact) => fact.key === `${key}Bytes`)?.value;
  const shown = probe.facts.filter(({ key }) => !isTwin(key, probe.facts));
  const facts = shown.map(({ key, value }): Fact => {
    // A fact whose key says bytes is a size; people read it in binary units.
    const name = key.endsWith("Bytes") ? key.slice(0, -"Bytes".length) : key;
    const sizeBytes = sizeOf(name);
    const known = KNOWN_FACTS.find((each) => each === name);
    return {
      key,
      label: known === undefined ? name : t(`fact.${known}`),
      value: sizeBytes === undefined ? factText(value, t, format) : <Bytes sizeBytes={Number(sizeBytes)} />,
    };
  });
  const looked: Fact = { key: "looked", label: t("page.looked"), value: <RelativeTime atMs={probe.atMs} /> };
  return <KeyValueList facts={[...facts, looked]} />;
}

/** Facts of one thing in two forms; it is shown once. */
function isTwin(key: string, facts: TargetProbe["facts"]): boolean {
  const has = (other: string) => facts.some((fact) => fact.key === other);
  return (key === "processors" && has("cores")) || (key === "memoryBytes" && has("memory"));
}

const FACT_WORDS = {
  "not found": "notFound",
  writable: "writable",
  "read-only": "read-only",
  none: "none",
  offered: "offered",
  "not offered": "notOffered",
} as const;

/** Words of the core in the language of the page; names and versions are the same in every language. */
function factText(
  value: string,
  t: ReturnType<typeof useTranslation<"targets">>["t"],
  format: Format,
): string {
  const word = Object.entries(FACT_WORDS).find(([english]) => english === value)?.[1];
  if (word !== undefined) return t(`fact.${word}`);
  const space = /^([\d.]+) (\w+) of ([\d.]+) (\w+) free$/.exec(value);
  if (space === null) return value;
  const [, free = "", freeUnit = "", total = "", totalUnit = ""] = space;
  const size = (amount: string, unit: string) =>
    `${format.number(Number(amount), 1)}\u00a0${t(`unit.${unitOf(unit)}`)}`;
  return t("fact.free", { free: size(free, freeUnit), total: size(total, totalUnit) });
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

function unitOf(text: string): (typeof UNITS)[number] {
  return UNITS.find((unit) => unit === text) ?? "B";
}
