import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Container, EngineId, ContainerLoad as LoadSample } from "#contract/engine.ts";
import { type Failure, toFailure, useRpc } from "../../rpc/index.ts";
import { TimeChart } from "../../ui/charts/index.ts";
import { ErrorPanel, Later, useFormat } from "../../ui/index.ts";
import css from "./container-page.module.css";

/** Half an hour. */
const MOST_SAMPLES = 900;
const HEIGHT_PX = 200;

interface ContainerLoadProps {
  readonly engine: EngineId;
  readonly container: Container;
}

/** CPU and memory of a container since somebody looks at them: engines keep no history. */
export function ContainerLoad({ engine, container }: ContainerLoadProps) {
  const { t } = useTranslation("engines");
  const format = useFormat();
  const { containers } = useRpc().engines;
  const [samples, setSamples] = useState<readonly LoadSample[]>([]);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    const subscription = containers.load.subscribe(
      { engine, containers: [container.id] },
      {
        onData: (sample) => setSamples((known) => [...known.slice(1 - MOST_SAMPLES), sample]),
        onError: (error) => setFailure(toFailure(error)),
      },
    );
    return () => subscription.unsubscribe();
  }, [containers, engine, container.id]);

  if (failure !== null) return <ErrorPanel failure={failure} />;
  if (container.state !== "running" && samples.length === 0) {
    return <p className={css["lead"]}>{t("load.notRunning")}</p>;
  }
  if (samples.length < 2) return <p className={css["lead"]}>{t("load.waiting")}</p>;
  const limit = samples.at(-1)?.memoryLimitBytes ?? null;
  return (
    <div className={css["charts"]}>
      <Later>
        <TimeChart
          title={t("load.cpu")}
          unit={t("load.cpuUnit")}
          cursorGroup={container.id}
          tone="blue"
          heightPx={HEIGHT_PX}
          points={samples.map(({ atMs, cpuCores }) => ({ atMs, value: cpuCores }))}
          format={(value) => format.number(value, 2)}
        />
        <TimeChart
          title={t("column.memory")}
          unit={limit === null ? "" : t("load.limit", { limit: format.bytes(limit) })}
          cursorGroup={container.id}
          tone="green"
          heightPx={HEIGHT_PX}
          isBinary
          points={samples.map(({ atMs, memoryBytes }) => ({ atMs, value: memoryBytes }))}
          format={(value) => format.bytes(value)}
        />
      </Later>
    </div>
  );
}
