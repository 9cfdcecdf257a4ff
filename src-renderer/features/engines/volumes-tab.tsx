import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Engine, Network, Volume } from "#contract/engine.ts";
import { useLiveNetworks, useLiveVolumes } from "../../rpc/index.ts";
import { type Column, DataTable, EmptyState, RelativeTime } from "../../ui/index.ts";
import { shortId } from "./engine-words.ts";
import css from "./engines.module.css";
import { TabFailure } from "./tab-failure.tsx";
import { UsedBy } from "./used-by.tsx";

const volumeKey = ({ name }: Volume) => name;
const networkKey = ({ id }: Network) => id;
const BY_NAME = { column: "name", isDescending: false } as const;

/** Columns that volumes and networks share. */
function useSharedColumns<T extends Volume | Network>(): readonly Column<T>[] {
  const { t } = useTranslation("engines");
  return useMemo(
    (): readonly Column<T>[] => [
      {
        key: "name",
        header: t("column.name"),
        width: "minmax(200px, 2fr)",
        sortValue: ({ name }) => name,
        render: ({ name }) => (
          <span className={css["name"]} title={name}>
            {/^[0-9a-f]{64}$/.test(name) ? shortId(name) : name}
          </span>
        ),
      },
      {
        key: "driver",
        header: t("column.driver"),
        width: "140px",
        sortValue: ({ driver }) => driver,
        render: ({ driver }) => <span>{driver}</span>,
      },
      {
        key: "usedBy",
        header: t("column.usedBy"),
        width: "minmax(200px, 3fr)",
        sortValue: ({ usedBy }) => usedBy.length,
        render: ({ usedBy }) => <UsedBy names={usedBy} />,
      },
    ],
    [t],
  );
}

export function VolumesTab({ engine }: { readonly engine: Engine }) {
  const { t } = useTranslation("engines");
  const volumes = useLiveVolumes(engine.id);
  const shared = useSharedColumns<Volume>();
  const columns = useMemo(
    (): readonly Column<Volume>[] => [
      ...shared,
      {
        key: "created",
        header: t("fact.created"),
        width: "152px",
        beginsDescending: true,
        sortValue: ({ createdAtMs }) => createdAtMs,
        render: ({ createdAtMs }) =>
          createdAtMs === null ? <span>–</span> : <RelativeTime atMs={createdAtMs} />,
      },
    ],
    [t, shared],
  );
  if (volumes.failure !== null && (volumes.data === undefined || engine.state !== "not-answering")) {
    return <TabFailure engine={engine} failure={volumes.failure} onRetry={volumes.refetch} />;
  }
  if (volumes.data === undefined) return null;
  return (
    <DataTable
      label={t("tab.volumes")}
      columns={columns}
      rows={volumes.data}
      rowKey={volumeKey}
      initialSort={BY_NAME}
      empty={<EmptyState title={t("noVolumes.title")} hint={t("noVolumes.hint")} />}
    />
  );
}

export function NetworksTab({ engine }: { readonly engine: Engine }) {
  const { t } = useTranslation("engines");
  const networks = useLiveNetworks(engine.id);
  const columns = useSharedColumns<Network>();
  if (networks.failure !== null && (networks.data === undefined || engine.state !== "not-answering")) {
    return <TabFailure engine={engine} failure={networks.failure} onRetry={networks.refetch} />;
  }
  if (networks.data === undefined) return null;
  return (
    <DataTable
      label={t("tab.networks")}
      columns={columns}
      rows={networks.data}
      rowKey={networkKey}
      initialSort={BY_NAME}
      empty={<EmptyState title={t("noNetworks.title")} hint={t("noNetworks.hint")} />}
    />
  );
}
