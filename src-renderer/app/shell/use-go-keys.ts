import { useEffect } from "react";
import { useLocation } from "wouter";
import { type Place, paths } from "../../workbench/index.ts";

/** Second key of `g …`: a letter of the place's English name, the first where it is free. */
export const GO_KEYS: Record<Place, string> = {
  bridge: "b",
  agents: "a",
  runs: "r",
  logs: "l",
  targets: "t",
  credentials: "c",
  audit: "u",
  settings: "s",
};

/** How long the second key may take. */
const PAIR_MS = 1_200;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null
  );
}

/** `g` and then a letter goes to a place, by the position of the keys, so it holds on a Russian keyboard too. */
export function useGoKeys(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    let begunAt = Number.NEGATIVE_INFINITY;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const isSecond = event.timeStamp - begunAt < PAIR_MS;
      begunAt = event.code === "KeyG" ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (!isSecond) return;
      const found = Object.entries(GO_KEYS).find(([, key]) => event.code === `Key${key.toUpperCase()}`);
      if (found !== undefined) navigate(paths[found[0] as Place]);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [navigate]);
}
