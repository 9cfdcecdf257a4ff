import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActOnGroup, Engine } from "#contract/engine.ts";
import { useLiveGroups, useRpc } from "../../rpc/index.ts";
import { useAskFirst } from "../../workbench/index.ts";
import { createEngineJob } from "./engine-job.ts";
import type { ComposeActs } from "./group-heading.tsx";
import type { ShownJob } from "./job-dialog.tsx";

export interface ComposeSteering {
  /** Stays the same while nothing of it changes. */
  readonly acts: ComposeActs;
  readonly job: ShownJob | null;
  readonly closeJob: () => void;
  /** Also for a project that has no containers yet. */
  readonly run: (request: Omit<ActOnGroup, "engine">) => void;
}

/** Compose projects of an engine, steered through the installed tool. */
export function useComposeActs({ composeTool, id: engine }: Engine): ComposeSteering {
  const { t } = useTranslation("engines");
  const { groups: calls } = useRpc().engines;
  const groups = useLiveGroups(engine).data;
  const ask = useAskFirst();
  const [job, setJob] = useState<ShownJob | null>(null);
  const hasTool = composeTool !== null;
  return useMemo(() => {
    const run = (request: Omit<ActOnGroup, "engine">) =>
      setJob({
        title: t(`compose.labels.${request.action}`, { project: request.project }),
        job: createEngineJob((observer) => calls.act.subscribe({ ...request, engine }, observer)),
      });
    const acts: ComposeActs = {
      groups: groups ?? [],
      hasTool,
      act(project, action) {
        if (action !== "down") run({ project, action });
        else
          ask({
            title: t("compose.downTitle", { project }),
            text: t("compose.downText"),
            confirm: t("compose.downConfirm"),
            onConfirm: () => run({ project, action }),
          });
      },
    };
    return { acts, run, job, closeJob: () => setJob(null) };
  }, [t, calls, groups, ask, job, hasTool, engine]);
}
