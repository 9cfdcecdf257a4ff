import { ActionIcon, Tooltip } from "@mantine/core";
import { IconPlayerStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Run } from "#contract/run.ts";
import { messageOfLine, safeText } from "../../log-view/index.ts";
import { keys, useLoadSamples, useRpc } from "../../rpc/index.ts";
import { Duration, ErrorPanel, StateBadge, useFormat } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";
import { canStop, TargetName, useReasonText, useRunActions } from "../runs/index.ts";
import css from "./bridge.module.css";

/** Rows that also show load and the latest line; each costs two small calls every few seconds. */
const MAX_DETAILED = 20;
const LINE_EVERY_MS = 3_000;
const MAX_LINE = 300;

export function LiveRuns({ runs }: { readonly runs: readonly Run[] }) {
  const { t } = useTranslation("bridge");
  if (runs.length === 0) return <p className={css["hint"]}>{t("live.none")}</p>;
  return (
    <ul className={css["list"]}>
      {runs.map((run, index) => (
        <LiveRun key={run.id} run={run} isDetailed={index < MAX_DETAILED} />
      ))}
    </ul>
  );
}

function LiveRun({ run, isDetailed }: { readonly run: Run; readonly isDetailed: boolean }) {
  const { t } = useTranslation("bridge");
  const { t: words } = useTranslation("runs");
  const actions = useRunActions(run);
  const reason = useReasonText()(run.reason);
  const label = t("stop", { agent: run.agent });
  return (
    <li className={css["live"]}>
      <div className={css["liveHead"]}>
        <StateBadge state={run.state} />
        <Link href={paths.run(run.id)} className={css["agent"]}>
          {run.agent}
        </Link>
        <span className={css["grow"]} />
        {isDetailed && run.state === "running" && <Load run={run} />}
        <span className={css["duration"]}>
          <Duration fromMs={run.startedAtMs} toMs={null} />
        </span>
        <Tooltip label={label}>
          <ActionIcon
            aria-label={label}
            loading={actions.isStopping}
            disabled={!canStop(run)}
            onClick={actions.stop}
          >
            <IconPlayerStop size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={css["liveNote"]}>
        <TargetName target={run.target} />
        {run.health !== "none" && (
          <span className={css["health"]} data-health={run.health}>
            {words(`health.${run.health}`)}
          </span>
        )}
        {reason !== "" && <span className={css["noteText"]}>{reason}</span>}
        {isDetailed && run.state === "running" && <LatestLine run={run} />}
      </div>
      {actions.failure !== null && <ErrorPanel isInline failure={actions.failure} />}
    </li>
  );
}

function Load({ run }: { readonly run: Run }) {
  const { t } = useTranslation("bridge");
  const format = useFormat();
  const last = useLoadSamples(run.id, true).data?.at(-1);
  if (last === undefined) return null;
  return (
    <span className={css["load"]}>
      {t("load", { cpu: format.number(last.cpuCores, 2), memory: format.bytes(last.memoryBytes) })}
    </span>
  );
}

function LatestLine({ run }: { readonly run: Run }) {
  const { logs } = useRpc();
  const { data } = useQuery({
    queryKey: [...keys.run(run.id), "latest-line"],
    queryFn: ({ signal }) => logs.page.query({ runId: run.id, from: -1, limit: 1 }, { signal }),
    refetchInterval: LINE_EVERY_MS,
    gcTime: LINE_EVERY_MS,
    retry: false,
  });
  const line = data?.lines.at(-1);
  if (line === undefined) return null;
  return <span className={css["line"]}>{safeText(messageOfLine(line.text).slice(0, MAX_LINE))}</span>;
}
