import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { TargetId } from "#contract/ids.ts";
import { LIVE_STATES, type Run } from "#contract/run.ts";
import type { DriverCapabilities, Target, TargetProbe } from "#contract/target.ts";
import type { Language } from "../../locales/index.ts";
import { useLiveRuns, useLiveTarget } from "../../rpc/index.ts";
import {
  Bytes,
  type Column,
  DataTable,
  Duration,
  ErrorPanel,
  errorText,
  type Fact,
  type Format,
  KeyValueList,
  Page,
  PageHeader,
  Panel,
  RelativeTime,
  StateBadge,
  useFormat,
  useLanguage,
} from "../../ui/index.ts";
import { paths, RECENT_RUNS } from "../../workbench/index.ts";
import { TargetState, useTargetName } from "./target-state.tsx";
import classes from "./targets.module.css";
import { useLookAgain } from "./use-look-again.ts";

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

export function TargetPage({ id }: { readonly id: TargetId }) {
  const target = useLiveTarget(id);
  if (target.data !== undefined && target.failure === null) return <Known target={target.data} />;
  return (
    <Page header={<PageHeader title={id} />}>
      {target.failure !== null && <ErrorPanel failure={target.failure} onRetry={target.refetch} />}
    </Page>
  );
}

function Known({ target }: { readonly target: Target }) {
  const { t } = useTranslation("targets");
  const nameOf = useTargetName();
  const look = useLookAgain();
  const { probe } = target;
  const header = (
    <PageHeader
      title={nameOf(target)}
      note={<TargetState target={target} />}
      actions={
        <Button
          variant="default"
          leftSection={<IconRefresh size={14} />}
          loading={look.isBusy}
          onClick={() => look.run(target.id)}
        >
          {t("page.look")}
        </Button>
      }
    />
  );
  return (
    <Page header={header}>
      <div className={classes.stack}>
        {probe !== null && probe.warnings.length > 0 && <Warnings probe={probe} />}
        <div className={classes.columns}>
          <Panel title={t("page.facts")}>
            {probe === null ? <p className={classes.dimmed}>{t("page.noFacts")}</p> : <Facts probe={probe} />}
          </Panel>
          <Panel title={t("page.abilities")}>
            <Abilities capabilities={target.capabilities} />
          </Panel>
        </div>
        <LiveRuns target={target.id} />
      </div>
    </Page>
  );
}

function Warnings({ probe }: { readonly probe: TargetProbe }) {
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

function Facts({ probe }: { readonly probe: TargetProbe }) {
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

function Abilities({ capabilities }: { readonly capabilities: DriverCapabilities }) {
  const { t } = useTranslation("targets");
  const flags = ["survivesAppExit", "loadSamples", "screenshots", "terminal"] as const;
  const facts: Fact[] = [
    { key: "runtime", label: t("ability.runtime"), value: t(`ability.${capabilities.runtime}`) },
    ...flags.map((flag) => ({
      key: flag,
      label: t(`ability.${flag}`),
      value: capabilities[flag] ? t("ability.yes") : t("ability.no"),
    })),
  ];
  return <KeyValueList facts={facts} />;
}

function LiveRuns({ target }: { readonly target: TargetId }) {
  const { t } = useTranslation("targets");
  const [, navigate] = useLocation();
  const live = useLiveRuns({ target, states: LIVE_STATES, limit: RECENT_RUNS }).data?.runs ?? [];
  const columns: readonly Column<Run>[] = [
    {
      key: "agent",
      header: t("list.name"),
      width: "minmax(160px, 2fr)",
      render: (run) => <strong>{run.agent}</strong>,
    },
    {
      key: "state",
      header: t("list.state"),
      width: "minmax(150px, 1fr)",
      render: (run) => <StateBadge state={run.state} />,
    },
    {
      key: "since",
      header: t("page.duration"),
      width: "minmax(110px, 1fr)",
      align: "end",
      render: (run) => <Duration fromMs={run.startedAtMs} toMs={run.endedAtMs} />,
    },
  ];
  if (live.length === 0) {
    return (
      <Panel title={t("page.live")}>
        <p className={classes.dimmed}>{t("page.noLive")}</p>
      </Panel>
    );
  }
  return (
    <section className={classes.live}>
      <h2>{t("page.live")}</h2>
      <DataTable
        label={t("page.live")}
        columns={columns}
        rows={live}
        rowKey={(run) => run.id}
        isFitting
        onOpen={(run) => navigate(paths.run(run.id))}
      />
    </section>
  );
}
