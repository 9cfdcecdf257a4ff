import { Button, NumberInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AgentName } from "#contract/ids.ts";
import type { LimitLogs, LogKeeping } from "#contract/log-keeping.ts";
import { type Command, keys, type Live, live, useCommand, useRpc } from "../rpc/index.ts";
import { useFormat } from "../ui/index.ts";
import css from "./log-keeping.module.css";
import { showFailure } from "./toast.tsx";

const GIB = 1024 ** 3;
/** Sizes change without events. */
const LOOK_AGAIN_MS = 30_000;

export function useLogKeeping(): Live<LogKeeping> {
  const rpc = useRpc();
  return live(
    useQuery<LogKeeping>({
      queryKey: keys.logKeeping,
      queryFn: ({ signal }) => rpc.keeping.get.query(undefined, { signal }),
      refetchInterval: LOOK_AGAIN_MS,
    }),
  );
}

function useSetLimits(): Command<LimitLogs, LogKeeping> {
  const rpc = useRpc();
  const cache = useQueryClient();
  return useCommand((limits: LimitLogs) => rpc.keeping.setLimits.mutate(limits), {
    onDone: (keeping) => cache.setQueryData(keys.logKeeping, keeping),
    onFailure: showFailure,
  });
}

interface LimitFieldsProps {
  readonly keeping: LogKeeping;
  /** Absent: the limits for all. */
  readonly agent?: AgentName;
}

/** How long and up to which size logs are kept: of all agents, or of one where it differs. */
export function LogLimitFields({ keeping, agent }: LimitFieldsProps) {
  const { t } = useTranslation("log");
  const limits = useSetLimits();
  const own = agent === undefined ? keeping : keeping.byAgent[agent];
  const set = (change: Pick<LimitLogs, "maxAgeDays" | "maxBytes">) =>
    limits.run({ ...(agent === undefined ? {} : { agent }), ...change });
  const hint = agent === undefined ? "" : t("keeping.asForAll");
  return (
    <div className={css["fields"]}>
      <LimitField
        label={t("keeping.age")}
        suffix={t("keeping.days")}
        hint={hint === "" ? hint : `${hint}: ${keeping.maxAgeDays} ${t("keeping.days")}`}
        value={own?.maxAgeDays}
        most={36_500}
        least={1}
        onSet={(days) => set({ maxAgeDays: days === null ? null : Math.round(days) })}
      />
      <LimitField
        label={agent === undefined ? t("keeping.totalSize") : t("keeping.size")}
        suffix={t("keeping.gib")}
        hint={hint === "" ? hint : `${hint}: ${round(keeping.maxBytes / GIB)} ${t("keeping.gib")}`}
        value={own?.maxBytes === undefined ? undefined : round(own.maxBytes / GIB)}
        most={1_000_000}
        least={0}
        onSet={(size) => set({ maxBytes: size === null ? null : Math.round(size * GIB) })}
      />
    </div>
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

interface LimitFieldProps {
  readonly label: string;
  readonly suffix: string;
  /** What an empty field means. */
  readonly hint: string;
  readonly value: number | undefined;
  readonly least: number;
  readonly most: number;
  /** Null: the field was emptied. */
  readonly onSet: (value: number | null) => void;
}

/** Takes effect when the field is left or Enter is pressed. */
function LimitField({ label, suffix, hint, value, least, most, onSet }: LimitFieldProps) {
  const [typed, setTyped] = useState<number | string>(value ?? "");
  useEffect(() => setTyped(value ?? ""), [value]);
  const put = () => {
    const next = typed === "" ? null : Number(typed);
    if (next !== (value ?? null)) onSet(next);
  };
  return (
    <NumberInput
      label={label}
      placeholder={hint}
      value={typed}
      onChange={setTyped}
      onBlur={put}
      onKeyDown={(event) => event.key === "Enter" && put()}
      min={least}
      max={most}
      decimalScale={2}
      suffix={` ${suffix}`}
      hideControls
    />
  );
}

/** What is kept now, and a way to remove at once what is beyond the limits. */
export function LogTidy({ keeping }: { readonly keeping: LogKeeping }) {
  const { t } = useTranslation("log");
  const format = useFormat();
  const rpc = useRpc();
  const cache = useQueryClient();
  const tidy = useCommand(() => rpc.keeping.tidy.mutate(), {
    onDone: () => void cache.invalidateQueries({ queryKey: keys.logKeeping }),
    onFailure: showFailure,
  });
  const { runCount, storedBytes, ownLogBytes } = keeping;
  return (
    <div className={css["tidy"]}>
      <div>
        <p className={css["note"]}>{t("keeping.hint")}</p>
        <p>
          {t("keeping.stored", {
            count: runCount,
            runs: format.number(runCount),
            size: format.bytes(storedBytes),
          })}
        </p>
        <p className={css["note"]}>{t("keeping.own", { size: format.bytes(ownLogBytes) })}</p>
        {tidy.answer !== undefined && (
          <p className={css["note"]} role="status">
            {t("keeping.tidied", {
              count: tidy.answer.removedLogs,
              size: format.bytes(tidy.answer.freedBytes),
            })}
          </p>
        )}
      </div>
      <Button variant="default" loading={tidy.isBusy} onClick={() => tidy.run(undefined)}>
        {t("keeping.tidy")}
      </Button>
    </div>
  );
}
