import { IconCircleCheck, IconCircleDashed, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Container, ContainerState, Engine } from "#contract/engine.ts";
import type { RunState } from "#contract/run.ts";
import { StateMark } from "../../ui/index.ts";
import css from "./engines.module.css";

/** Marks of runs that mean the same; a pause has one of its own. */
const MARKS: Record<Exclude<ContainerState, "paused">, RunState> = {
  created: "queued",
  running: "running",
  restarting: "starting",
  removing: "stopping",
  exited: "stopped",
  dead: "killed",
  unknown: "lost",
};

const TONES: Record<ContainerState, "blue" | "amber" | "grey" | "red"> = {
  created: "grey",
  running: "blue",
  paused: "amber",
  restarting: "blue",
  removing: "blue",
  exited: "grey",
  dead: "red",
  unknown: "grey",
};

/** State of a container by colour, shape and word. */
export function ContainerBadge({ container }: { readonly container: Container }) {
  const { t } = useTranslation("engines");
  const { exitCode, state, status } = container;
  const isFailed = state === "exited" && exitCode !== null && exitCode !== 0;
  const word = isFailed ? t("state.failed", { exitCode }) : t(`state.${state}`);
  return (
    <span className={css["badge"]} data-tone={isFailed ? "red" : TONES[state]} title={status}>
      {state === "paused" ? <PauseMark /> : <StateMark state={isFailed ? "failed" : MARKS[state]} />}
      <span>{word}</span>
    </span>
  );
}

function PauseMark() {
  return (
    <svg viewBox="0 0 12 12" className={css["pauseMark"]} aria-hidden="true">
      <path d="M2.5 2h2.5v8H2.5zM7 2h2.5v8H7z" />
    </svg>
  );
}

const ENGINE_ICONS = {
  connecting: IconCircleDashed,
  ready: IconCircleCheck,
  "not-answering": IconCircleX,
} as const satisfies Record<Engine["state"], unknown>;
const ENGINE_TONES: Record<Engine["state"], string> = {
  connecting: "grey",
  ready: "green",
  "not-answering": "red",
};

/** Whether an engine answers, by colour, shape and word. */
export function EngineBadge({ engine }: { readonly engine: Pick<Engine, "state"> }) {
  const { t } = useTranslation("engines");
  const Icon = ENGINE_ICONS[engine.state];
  return (
    <span className={css["badge"]} data-tone={ENGINE_TONES[engine.state]}>
      <Icon size={14} aria-hidden="true" />
      <span>{t(`engineState.${engine.state}`)}</span>
    </span>
  );
}
