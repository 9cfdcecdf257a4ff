import { createContext, type ReactNode, use, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Container, ContainerAction, EngineId } from "#contract/engine.ts";
import { toFailure, useRpc } from "../../rpc/index.ts";
import { showDone, showFailure, useAskFirst } from "../../workbench/index.ts";
import { canAct, settleEach } from "./container-rules.ts";
import { RemoveDialog, type RemoveOptions } from "./remove-dialog.tsx";
import { RenameDialog } from "./rename-dialog.tsx";

export type ContainerAct = ContainerAction | "remove";

export interface ContainerActs {
  /** What is being done to a container now, by its id. */
  readonly underWay: ReadonlyMap<string, ContainerAct>;
  /** Does it to those that it makes sense for. Killing asks first. */
  readonly act: (containers: readonly Container[], action: ContainerAction) => void;
  /** Asks first and says what is lost. */
  readonly remove: (containers: readonly Container[]) => void;
  readonly rename: (container: Container) => void;
  /** Stand once on the page. */
  readonly dialogs: ReactNode;
}

export const ActsContext = createContext<ContainerActs | null>(null);

/** The acts of the table around. */
export function useSharedActs(): ContainerActs {
  const acts = use(ActsContext);
  if (acts === null) throw new Error("This part stands outside of ActsContext");
  return acts;
}

/** What a person does with containers of one engine, one or many at once. */
export function useContainerActs(engine: EngineId, onRemoved?: () => void): ContainerActs {
  const { t } = useTranslation("engines");
  const { containers: calls } = useRpc().engines;
  const ask = useAskFirst();
  const [underWay, setUnderWay] = useState<ReadonlyMap<string, ContainerAct>>(new Map());
  const [removing, setRemoving] = useState<readonly Container[]>([]);
  const [renaming, setRenaming] = useState<Container | null>(null);

  function mark(id: string, act: ContainerAct | null): void {
    setUnderWay((current) => {
      const next = new Map(current);
      if (act === null) next.delete(id);
      else next.set(id, act);
      return next;
    });
  }
  function said(act: ContainerAct, containers: readonly Container[], count: number): string {
    const [first] = containers;
    return containers.length === 1 && first !== undefined
      ? t(`doneOne.${act}`, { name: first.name })
      : t(`done.${act}`, { count });
  }
  /** How many it was done to. */
  async function each(
    containers: readonly Container[],
    act: ContainerAct,
    call: (container: Container) => Promise<unknown>,
  ): Promise<number> {
    for (const { id } of containers) mark(id, act);
    const results = await settleEach(containers, (container) =>
      call(container).finally(() => mark(container.id, null)),
    );
    const refused = results.find((result) => result.status === "rejected");
    if (refused !== undefined) showFailure(toFailure(refused.reason));
    return results.filter((result) => result.status === "fulfilled").length;
  }
  async function actOn(containers: readonly Container[], action: ContainerAction): Promise<void> {
    const count = await each(containers, action, ({ id }) =>
      calls.act.mutate({ engine, container: id, action }),
    );
    if (count > 0) showDone(said(action, containers, count));
  }
  async function removeAll(containers: readonly Container[], options: RemoveOptions): Promise<void> {
    const count = await each(containers, "remove", ({ id }) =>
      calls.remove.mutate({ engine, container: id, ...options }),
    );
    if (count === 0) return;
    showDone(said("remove", containers, count));
    onRemoved?.();
  }

  return {
    underWay,
    act(containers, action) {
      const fitting = containers.filter(
        (container) => canAct(container, action) && !underWay.has(container.id),
      );
      if (fitting.length === 0) return;
      if (action !== "kill") {
        void actOn(fitting, action);
        return;
      }
      ask({
        title:
          fitting.length === 1
            ? t("kill.titleOne", { name: fitting[0]?.name ?? "" })
            : t("kill.title", { count: fitting.length }),
        text: t("kill.text"),
        confirm: t("kill.confirm"),
        onConfirm: () => void actOn(fitting, action),
      });
    },
    remove: setRemoving,
    rename: setRenaming,
    dialogs: (
      <>
        <RemoveDialog
          containers={removing}
          onClose={() => setRemoving([])}
          onRemove={(options) => void removeAll(removing, options)}
        />
        <RenameDialog engine={engine} container={renaming} onClose={() => setRenaming(null)} />
      </>
    ),
  };
}
