import { useCallback } from "react";
import { useSearchParams } from "wouter";

/** Dialogs that can stand over any screen; their name is the key in the address, so Back closes them. */
export type DialogName = "start" | "add" | "credential" | "variable" | "vault";

export interface DialogParam {
  /** What the dialog is about, e.g. the agent's name; null while it is closed. */
  readonly value: string | null;
  readonly open: (value: string) => void;
  readonly close: () => void;
}

/** A dialog with an address: `?start=price-watcher` over whatever screen is open. */
export function useDialogParam(name: DialogName): DialogParam {
  const [params, setParams] = useSearchParams();
  const open = useCallback(
    (value: string) =>
      setParams((current) => {
        const next = new URLSearchParams(current);
        next.set(name, value);
        return next;
      }),
    [name, setParams],
  );
  const close = useCallback(
    () =>
      setParams(
        (current) => {
          const next = new URLSearchParams(current);
          next.delete(name);
          next.delete("folder");
          return next;
        },
        { replace: true },
      ),
    [name, setParams],
  );
  return { value: params.get(name), open, close };
}
