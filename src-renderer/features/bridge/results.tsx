import { ActionIcon, Tooltip } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Run } from "#contract/run.ts";
import { Duration, ErrorPanel, onceClicked, RelativeTime, StateBadge } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";
import { Reason, useRunActions } from "../runs/index.ts";
import css from "./bridge.module.css";

export function Results({ runs }: { readonly runs: readonly Run[] }) {
  const { t } = useTranslation("bridge");
  if (runs.length === 0) return <p className={css["hint"]}>{t("results.none")}</p>;
  return (
    <ul className={css["list"]}>
      {runs.map((run) => (
        <Result key={run.id} run={run} />
      ))}
    </ul>
  );
}

function Result({ run }: { readonly run: Run }) {
  const { t } = useTranslation("bridge");
  const actions = useRunActions(run);
  const label = t("startAgain", { agent: run.agent });
  return (
    <li className={css["result"]}>
      <StateBadge state={run.state} />
      <Link href={paths.run(run.id)} className={css["agent"]}>
        {run.agent}
      </Link>
      <span className={css["resultReason"]}>
        {actions.failure === null ? (
          <Reason reason={run.reason} />
        ) : (
          <ErrorPanel isInline failure={actions.failure} />
        )}
      </span>
      <span className={css["duration"]}>
        <Duration fromMs={run.startedAtMs} toMs={run.endedAtMs ?? run.startedAtMs} />
      </span>
      <span className={css["when"]}>
        <RelativeTime atMs={run.endedAtMs ?? run.createdAtMs} />
      </span>
      <Tooltip label={label}>
        <ActionIcon
          aria-label={label}
          loading={actions.isStarting}
          disabled={!actions.canStartAgain}
          onClick={onceClicked(actions.startAgain)}
        >
          <IconRefresh size={16} />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}
