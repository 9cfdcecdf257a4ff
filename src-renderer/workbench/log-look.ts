import { useMemo, useState } from "react";
import type { AgentName } from "#contract/ids.ts";
import type { LogLook } from "../log-view/index.ts";
import { usePreferences } from "./preferences.tsx";

const NO_COLUMNS: readonly string[] = [];

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
  const { logWrap, logTime, logColumns } = settings;
  const [passing, setPassing] = useState(NO_COLUMNS);
  const columns = agent === null ? passing : (logColumns[agent] ?? NO_COLUMNS);
  const look = useMemo<LogLook>(
    () => ({ isWrapped: logWrap, timeColumn: logTime, columns }),
    [logWrap, logTime, columns],
  );
  return {
    look,
    change: ({ isWrapped, timeColumn, columns: chosen }) => {
      if (agent === null && chosen !== undefined) setPassing(chosen);
      change({
        ...(isWrapped === undefined ? {} : { logWrap: isWrapped }),
        ...(timeColumn === undefined ? {} : { logTime: timeColumn }),
        ...(chosen === undefined || agent === null
          ? {}
          : { logColumns: withColumns(logColumns, agent, chosen) }),
      });
    },
  };
}

/** Agents whose columns are remembered; more would only make the settings slow. */
const AGENTS_LIMIT = 200;

type Columns = Readonly<Record<AgentName, string[]>>;

function withColumns(all: Columns, agent: AgentName, chosen: readonly string[]): Columns {
  const others = Object.entries(all).filter(([name]) => name !== agent);
  const kept = others.slice(-AGENTS_LIMIT + 1);
  return Object.fromEntries(chosen.length === 0 ? kept : [...kept, [agent, [...chosen]]]);
}
