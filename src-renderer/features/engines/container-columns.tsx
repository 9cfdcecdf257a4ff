import { Loader } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { CONTAINER_STATES, type Container } from "#contract/engine.ts";
import { type Column, Duration, parts } from "../../ui/index.ts";
import { ContainerMenu } from "./container-menu.tsx";
import { ContainerBadge } from "./container-state.tsx";
import { imageText, portTexts } from "./engine-words.ts";
import css from "./engines.module.css";
import { CpuCell, MemoryCell } from "./load-cells.tsx";
import type { Loads } from "./loads.ts";
import { useSharedActs } from "./use-container-acts.tsx";

/** The load is read when a column is sorted, not with every sample: rows that jump cannot be clicked. */
export function useContainerColumns(loads: Loads): readonly Column<Container>[] {
  const { t } = useTranslation("engines");
  return useMemo(
    (): readonly Column<Container>[] => [
      {
        key: "state",
        header: t("column.state"),
        width: "152px",
        sortValue: ({ state }) => CONTAINER_STATES.indexOf(state),
        render: (container) => <StateCell container={container} />,
      },
      {
        key: "name",
        header: t("column.name"),
        width: "minmax(168px, 4fr)",
        sortValue: ({ name }) => name,
        render: ({ name, service }) => (
          <span className={css["name"]} title={service === null ? name : `${name} (${service})`}>
            {name}
          </span>
        ),
      },
      {
        key: "image",
        header: t("column.image"),
        width: "minmax(104px, 3fr)",
        sortValue: ({ image }) => image,
        render: ({ image }) => <span title={image}>{imageText(image)}</span>,
      },
      {
        key: "ports",
        header: t("column.ports"),
        width: "minmax(96px, 2fr)",
        render: (container) => {
          const ports = portTexts(container).join(", ");
          return <span title={ports}>{ports === "" ? "–" : ports}</span>;
        },
      },
      {
        key: "uptime",
        header: t("column.uptime"),
        width: "98px",
        align: "end",
        sortValue: startedAt,
        render: (container) => <Duration fromMs={startedAt(container)} toMs={null} />,
      },
      {
        key: "cpu",
        header: t("column.cpu"),
        width: "80px",
        align: "end",
        beginsDescending: true,
        sortValue: ({ id }) => loads.store.getState().loads.get(id)?.cpuCores ?? null,
        render: (container) => <CpuCell container={container} />,
      },
      {
        key: "memory",
        header: t("column.memory"),
        width: "92px",
        align: "end",
        beginsDescending: true,
        sortValue: ({ id }) => loads.store.getState().loads.get(id)?.memoryBytes ?? null,
        render: (container) => <MemoryCell container={container} />,
      },
      {
        key: "restarts",
        header: t("column.restarts"),
        width: "104px",
        align: "end",
        beginsDescending: true,
        sortValue: ({ restartCount }) => restartCount,
        render: ({ restartCount }) => (
          <span className={restartCount === 0 ? parts["dimmed"] : undefined}>{restartCount ?? "–"}</span>
        ),
      },
      {
        key: "acts",
        header: "",
        width: "76px",
        align: "end",
        render: (container) => <MenuCell container={container} />,
      },
    ],
    [t, loads],
  );
}

/** Only of what runs: of anything else it would be no uptime. */
function startedAt({ startedAtMs, state }: Container): number | null {
  return state === "running" || state === "paused" ? startedAtMs : null;
}

function MenuCell({ container }: { readonly container: Container }) {
  return <ContainerMenu container={container} acts={useSharedActs()} />;
}

function StateCell({ container }: { readonly container: Container }) {
  const { t } = useTranslation("engines");
  const acts = useSharedActs();
  const act = acts.underWay.get(container.id);
  if (act === undefined) return <ContainerBadge container={container} />;
  return (
    <span className={css["badge"]} data-tone="blue">
      <Loader size={12} />
      <span>{t(`underWay.${act}`)}</span>
    </span>
  );
}
