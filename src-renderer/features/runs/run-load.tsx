import { useTranslation } from "react-i18next";
import { isFinal, type Run } from "#contract/run.ts";
import { useLoadSamples } from "../../rpc/index.ts";
import { TimeChart } from "../../ui/charts/index.ts";
import { ErrorPanel, Later, type TimeCursor, useFormat } from "../../ui/index.ts";
import css from "./run-page.module.css";

interface RunLoadProps {
  readonly run: Run;
  /** The moment that charts and log share. */
  readonly cursor: TimeCursor;
  readonly isCompact?: boolean;
}

const HEIGHT_PX = { compact: 96, full: 180 } as const;

/** CPU and memory of the run's process tree over time, with one cursor for both. */
export function RunLoad({ run, cursor, isCompact = false }: RunLoadProps) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const { data, failure, refetch } = useLoadSamples(run.id, !isFinal(run.state));
  if (failure !== null) return <ErrorPanel isInline failure={failure} onRetry={refetch} />;
  if (data === undefined) return null;
  if (data.length < 2) return isCompact ? null : <p className={css["hint"]}>{t("load.none")}</p>;
  const heightPx = isCompact ? HEIGHT_PX.compact : HEIGHT_PX.full;
  return (
    <section className={css["block"]}>
      <Later>
        <TimeChart
          title={t("load.cpu")}
          unit={t("load.cpuUnit")}
          cursorGroup={run.id}
          cursor={cursor}
          tone="blue"
          heightPx={heightPx}
          points={data.map((sample) => ({ atMs: sample.atMs, value: sample.cpuCores }))}
          format={(value) => format.number(value, 2)}
        />
        <TimeChart
          title={t("load.memory")}
          unit=""
          cursorGroup={run.id}
          cursor={cursor}
          tone="green"
          heightPx={heightPx}
          isBinary
          points={data.map((sample) => ({ atMs: sample.atMs, value: sample.memoryBytes }))}
          format={(value) => format.bytes(value)}
        />
      </Later>
    </section>
  );
}
