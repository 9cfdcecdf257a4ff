import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { TargetId } from "#contract/ids.ts";
import { LIVE_STATES, type Run } from "#contract/run.ts";
import type { DriverCapabilities, Target } from "#contract/target.ts";
import { useLiveRuns, useLiveTarget } from "../../rpc/index.ts";
import {
  type Column,
  DataTable,
  Duration,
  ErrorPanel,
  type Fact,
  KeyValueList,
  Page,
  PageHeader,
  Panel,
  StateBadge,
} from "../../ui/index.ts";
import { paths, RECENT_RUNS } from "../../workbench/index.ts";
import { NoSuchTarget } from "./no-such-target.tsx";
import { TargetFacts, TargetWarnings } from "./target-findings.tsx";
import { TargetState, useTargetName } from "./target-state.tsx";
import classes from "./targets.module.css";
import { useLookAgain } from "./use-look-again.ts";

export function TargetPage({ id }: { readonly id: TargetId }) {
  const target = useLiveTarget(id);
  if (target.data !== undefined && target.failure === null) return <Known target={target.data} />;
  if (target.failure?.code === "target.not_found") return <NoSuchTarget target={id} />;
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
        {probe !== null && probe.warnings.length > 0 && <TargetWarnings probe={probe} />}
        <div className={classes.columns}>
          <Panel title={t("page.facts")}>
            {probe === null ? (
              <p className={classes.dimmed}>{t("page.noFacts")}</p>
            ) : (
              <TargetFacts probe={probe} />
            )}
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
