import { Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { LogStats } from "#contract/log.ts";
import type { LogKeeping } from "#contract/log-keeping.ts";
import { isFinal, type Run } from "#contract/run.ts";
import { useFormat } from "../../ui/index.ts";
import { LogLimitFields, useLogKeeping } from "../../workbench/index.ts";
import css from "./run-page.module.css";
import { useLogCare } from "./use-log-care.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long the log of a run is kept, and the means to change it for the run and for its agent. */
export function RunKeeping({ run }: { readonly run: Run }) {
  const { t } = useTranslation("runs");
  const { stats, onPin } = useLogCare(run);
  const keeping = useLogKeeping().data;
  if (keeping === undefined) return null;
  return (
    <section className={css["block"]}>
      <h2 className={css["blockTitle"]}>{t("keeping.title")}</h2>
      <p className={css["hint"]}>
        <HowLong run={run} stats={stats} keeping={keeping} />
      </p>
      <Switch
        className={css["keepingPin"]}
        size="xs"
        label={t("keeping.pin")}
        checked={stats?.isPinned ?? false}
        disabled={stats === null}
        onChange={(event) => onPin(event.currentTarget.checked)}
      />
      <p className={css["keepingOf"]}>{t("keeping.ofAgent", { agent: run.agent })}</p>
      <LogLimitFields keeping={keeping} agent={run.agent} />
    </section>
  );
}

interface HowLongProps {
  readonly run: Run;
  /** Null while nothing is stored. */
  readonly stats: LogStats | null;
  readonly keeping: LogKeeping;
}

function HowLong({ run, stats, keeping }: HowLongProps) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const own = keeping.byAgent[run.agent];
  if (stats === null) return t("keeping.none");
  if (stats.isPinned) return t("keeping.pinned");
  const days = own?.maxAgeDays ?? keeping.maxAgeDays;
  if (!isFinal(run.state)) return t("keeping.live", { count: days });
  const size = format.bytes(own?.maxBytes ?? keeping.maxBytes);
  const until = format.exact((stats.lastAtMs ?? run.createdAtMs) + days * DAY_MS);
  return own?.maxBytes === undefined
    ? t("keeping.until", { until, size })
    : t("keeping.untilOfAgent", { until, size, agent: run.agent });
}
