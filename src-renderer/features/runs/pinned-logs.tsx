import { IconPinFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { RunId } from "#contract/ids.ts";
import { keys, useRpc } from "../../rpc/index.ts";
import css from "./runs.module.css";

/** Runs whose logs are kept whatever their age and size. */
export function usePinnedLogs(): ReadonlySet<RunId> {
  const rpc = useRpc();
  const { data } = useQuery<readonly RunId[]>({
    queryKey: keys.pinnedLogs,
    queryFn: ({ signal }) => rpc.keeping.pinned.query(undefined, { signal }),
  });
  return useMemo(() => new Set(data), [data]);
}

/** Says beside a run that its log is kept. */
export function PinnedMark() {
  const { t } = useTranslation("runs");
  return (
    <span className={css["pinned"]} role="img" aria-label={t("pinned")} title={t("pinned")}>
      <IconPinFilled size={12} aria-hidden="true" />
    </span>
  );
}
