import { useTranslation } from "react-i18next";
import type { RunState } from "#contract/run.ts";
import classes from "./state-badge.module.css";

type Tone = "blue" | "green" | "red" | "amber" | "grey";

const TONES: Record<RunState, Tone> = {
  queued: "grey",
  starting: "blue",
  running: "blue",
  stopping: "blue",
  disconnected: "amber",
  "needs-attention": "amber",
  succeeded: "green",
  failed: "red",
  stopped: "grey",
  killed: "red",
  lost: "grey",
};

/** One shape per state, drawn on a 12 × 12 grid, so that no state depends on its colour. */
const SHAPES: Record<RunState, React.ReactNode> = {
  queued: <circle cx="6" cy="6" r="4" className={classes.line} />,
  starting: (
    <>
      <circle cx="6" cy="6" r="4.25" className={classes.line} />
      <path d="M6 1.75a4.25 4.25 0 0 1 0 8.5z" className={classes.fill} />
    </>
  ),
  running: <circle cx="6" cy="6" r="4.75" className={classes.fill} />,
  stopping: (
    <>
      <circle cx="6" cy="6" r="4.25" className={classes.line} />
      <rect x="4" y="4" width="4" height="4" className={classes.fill} />
    </>
  ),
  disconnected: <circle cx="6" cy="6" r="4.25" className={classes.dashed} />,
  "needs-attention": <path d="M6 1.5v5.25M6 9.25v1.25" className={classes.thick} />,
  succeeded: <path d="M1.75 6.5 4.75 9.5 10.25 3" className={classes.thick} />,
  failed: <path d="m2.5 2.5 7 7m0-7-7 7" className={classes.thick} />,
  stopped: <rect x="2" y="2" width="8" height="8" rx="1" className={classes.fill} />,
  killed: (
    <>
      <rect x="1.75" y="1.75" width="8.5" height="8.5" rx="1" className={classes.line} />
      <path d="m4 4 4 4m0-4-4 4" className={classes.line} />
    </>
  ),
  lost: <path d="M3.5 4a2.5 2.5 0 1 1 3.6 2.2C6.4 6.6 6 7 6 7.75M6 10v.75" className={classes.thick} />,
};

/** The shape of a state alone; for places where the word stands beside it anyway. */
export function StateMark({ state }: { readonly state: RunState }) {
  return (
    <svg viewBox="0 0 12 12" className={classes.mark} data-tone={TONES[state]} aria-hidden="true">
      {SHAPES[state]}
    </svg>
  );
}

/** State of a run by colour, shape and word. */
export function StateBadge({ state }: { readonly state: RunState }) {
  const { t } = useTranslation();
  return (
    <span className={classes.badge} data-tone={TONES[state]} data-state={state}>
      <StateMark state={state} />
      <span>{t(`state.${state}`)}</span>
    </span>
  );
}
