import type { KeyboardEvent } from "react";
import type { FindStore } from "./find-in-log.ts";
import type { LogScroller } from "./log-scroller.ts";
import type { LogViewStore } from "./log-view-store.ts";

interface LogKeysDeps {
  readonly store: LogViewStore;
  readonly find: FindStore;
  readonly scroller: LogScroller;
  readonly onStep: (direction: 1 | -1) => void;
  readonly onLeaveFind: () => void;
  readonly onWrap: () => void;
  readonly onAskLine: () => void;
  readonly onMovePick: (by: number, isExtending: boolean) => void;
  readonly onToggle: () => void;
  readonly onCopy: () => void;
  readonly onClear: () => void;
  readonly onHelp: () => void;
}

/** The keys of a log view. `key` is as the browser names it; letters count without modifiers only. */
export function useLogKeys(deps: LogKeysDeps): (event: KeyboardEvent) => void {
  const { store, find, scroller } = deps;
  const { setFollowing } = store.getState().actions;
  const leave = (move: () => void) => () => {
    setFollowing(false);
    move();
  };
  const openFind = find.getState().actions.open;
  const moves = new Map<string, (event: KeyboardEvent) => void>([
    ["/", openFind],
    ["n", () => deps.onStep(1)],
    ["N", () => deps.onStep(-1)],
    ["g", leave(() => scroller.toStart())],
    ["Home", leave(() => scroller.toStart())],
    ["G", () => setFollowing(true)],
    ["End", () => setFollowing(true)],
    [" ", () => setFollowing(!store.getState().isFollowing)],
    ["PageUp", leave(() => scroller.moveBy(-scroller.pageRows()))],
    ["PageDown", () => scroller.moveBy(scroller.pageRows())],
    ["ArrowUp", (event) => deps.onMovePick(-1, event.shiftKey)],
    ["ArrowDown", (event) => deps.onMovePick(1, event.shiftKey)],
    ["Enter", deps.onToggle],
    ["c", deps.onCopy],
    ["w", deps.onWrap],
    [":", deps.onAskLine],
    ["?", deps.onHelp],
    ["Escape", () => (find.getState().isOpen ? deps.onLeaveFind() : deps.onClear())],
  ]);

  function commandOf(event: KeyboardEvent): ((event: KeyboardEvent) => void) | undefined {
    if (event.altKey) return undefined;
    const commands: Readonly<Record<string, () => void>> = { f: openFind, g: deps.onAskLine };
    return commands[event.key.toLowerCase()];
  }

  return (event) => {
    if (isInControl(event)) return;
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
    const act = hasModifier ? commandOf(event) : moves.get(event.key);
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  };
}

/** A field takes every key, a button those that press it. */
function isInControl({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("input, [role=menu]") !== null) return true;
  return (key === "Enter" || key === " ") && target.closest("button, a") !== null;
}
