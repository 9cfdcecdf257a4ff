import { useMemo, useState } from "react";
import type { AgentName } from "#contract/ids.ts";
import type { LogLook } from "../log-view/index.ts";
import { usePreferences } from "./preferences.tsx";

const NO_COLUMNS: Pick<LogLook, "columns" | "widths"> = { columns: [], widths: [] };

export interface KeptLook {
  readonly look: LogLook;
  readonly change: (change: Partial<LogLook>) => void;
}

/**
 * How logs are shown. Columns belong to an agent, because its lines are made the same way every time; those of a view of
 * several agents last as long as the view.
 */
export function useLogLook(agent: AgentName | null): KeptLook {
  const { settings, change } = usePreferences();
  const { logWrap, logTime, logColumns, logColumnWidths } = settings;
  const [passing, setPassing] = useState<Pick<LogLook, "columns" | "widths">>(NO_COLUMNS);
  const columns = agent === null ? passing.columns : (logColumns[agent] ?? NO_COLUMNS.columns);
  const widths = agent === null ? passing.widths : (logColumnWidths[agent] ?? NO_COLUMNS.widths);
  const look = useMemo<LogLook>(
    () => ({ isWrapped: logWrap, timeColumn: logTime, columns, widths }),
    [logWrap, logTime, columns, widths],
  );
  return {
    look,
    change: ({ isWrapped, timeColumn, ...chosen }) => {
      const next = { columns, widths, ...chosen };
      const isOfColumns = chosen.columns !== undefined || chosen.widths !== undefined;
      // The width of a column that is not there any more is forgotten with it.
      const kept = next.widths.filter(({ name }) => next.columns.includes(name));
      if (agent === null && isOfColumns) setPassing({ columns: next.columns, widths: kept });
      change({
        ...(isWrapped === undefined ? {} : { logWrap: isWrapped }),
        ...(timeColumn === undefined ? {} : { logTime: timeColumn }),
        ...(isOfColumns && agent !== null
          ? {
              logColumns: withAgent(logColumns, agent, next.columns),
              logColumnWidths: withAgent(logColumnWidths, agent, kept),
            }
          : {}),
      });
    },
  };
}

/** Agents whose columns are remembered; more would only make the settings slow. */
const AGENTS_LIMIT = 200;

function withAgent<T>(
  all: Readonly<Record<AgentName, T[]>>,
  agent: AgentName,
  chosen: readonly T[],
): Record<AgentName, T[]> {
  const others = Object.entries(all).filter(([name]) => name !== agent);
  const kept = others.slice(-AGENTS_LIMIT + 1);
  return Object.fromEntries(chosen.length === 0 ? kept : [...kept, [agent, [...chosen]]]);
}
