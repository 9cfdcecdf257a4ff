import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { TargetId } from "#contract/ids.ts";
import { keys, useCommand, useRpc } from "../../rpc/index.ts";
import { showDone, showFailure } from "../../workbench/index.ts";
import { useTargetName } from "./target-state.tsx";

/** Looks at a target now and says when it is done. */
export function useLookAgain() {
  const { t } = useTranslation("targets");
  const rpc = useRpc();
  const cache = useQueryClient();
  const nameOf = useTargetName();
  return useCommand((target: TargetId) => rpc.targets.probe.mutate({ target }), {
    onDone: (target) => {
      cache.setQueryData(keys.target(target.id), target);
      void cache.invalidateQueries({ queryKey: keys.targetList });
      showDone(t("page.lookedNow", { target: nameOf(target) }));
    },
    onFailure: showFailure,
  });
}
