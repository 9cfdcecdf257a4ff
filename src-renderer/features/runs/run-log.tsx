import { useCallback, useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import type { Run } from "#contract/run.ts";
import {
  createRpcLogSource,
  createRunPlace,
  type FilterChip,
  filterOf,
  LogView,
  putFilter,
} from "../../log-view/index.ts";
import { useLiveScreenshots, useRpc } from "../../rpc/index.ts";
import { Later, type TimeCursor } from "../../ui/index.ts";
import { paths, useLogLook } from "../../workbench/index.ts";
import { LogThumbnail, ScreenshotViewer } from "../screens/index.ts";
import { useLogCare } from "./use-log-care.ts";

/** The log of the run's page: its place, filter and picked line stand in the address. */
export function RunLog({ run, cursor }: { readonly run: Run; readonly cursor: TimeCursor }) {
  const { logs } = useRpc();
  const source = useMemo(() => createRpcLogSource({ logs }), [logs]);
  const [params, setParams] = useSearchParams();
  const [initialLine] = useState(() => lineOf(params));
  const { look, change } = useLogLook(run.agent);
  const care = useLogCare(run);
  const screens = useScreensInLog(run);
  const filter = useMemo(() => filterOf(params), [params]);
  const createPlace = useCallback(
    (chips: readonly FilterChip[]) => createRunPlace({ source, runId: run.id, after }, chips),
    [source, run.id],
  );
  const put = (next: (current: URLSearchParams) => URLSearchParams) => setParams(next, { replace: true });
  return (
    <Later>
      <LogView
        source={source}
        createPlace={createPlace}
        placeKey={`${run.id} ${care.encodingChanges}`}
        originMs={run.startedAtMs ?? run.createdAtMs}
        fileName={`${run.agent}-${run.id.slice(-8)}`}
        initialLine={initialLine}
        look={look}
        onLook={change}
        filter={filter}
        onFilter={(chips) => put((current) => putFilter(current, chips))}
        onPickLine={(line) =>
          put((current) => {
            const next = new URLSearchParams(current);
            next.set("line", String(line));
            return next;
          })
        }
        linkOf={(line) => new URL(`${paths.run(run.id)}?line=${line}`, window.location.href).href}
        care={care}
        attachments={screens.attachments}
        cursor={cursor}
      />
      {screens.viewer}
    </Later>
  );
}

function after(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}

function lineOf(params: URLSearchParams): number | undefined {
  const line = Number(params.get("line"));
  return Number.isInteger(line) && line > 0 ? line : undefined;
}

/** Screenshots of the run at their places in its log. */
function useScreensInLog(run: Run) {
  const { data } = useLiveScreenshots(run.id);
  const [openId, setOpenId] = useState<string | null>(null);
  const attachments = useMemo(() => {
    const items = data ?? [];
    return {
      items,
      render(id: string) {
        const screenshot = items.find((each) => each.id === id);
        return (
          screenshot !== undefined && (
            <LogThumbnail key={id} screenshot={screenshot} onOpen={() => setOpenId(id)} />
          )
        );
      },
    };
  }, [data]);
  const viewer = <ScreenshotViewer screenshots={data ?? []} openId={openId} onOpen={setOpenId} />;
  return { attachments, viewer };
}
