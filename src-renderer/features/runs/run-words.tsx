import { useTranslation } from "react-i18next";
import type { RunId } from "#contract/ids.ts";
import type { Run, RunReason } from "#contract/run.ts";
import { Mono, useFormat, useLanguage } from "../../ui/index.ts";
import { reasonText } from "./reason-text.ts";

/** Digits of an id that people see and say. */
const SHORT_RUN = 8;
const SHORT_RELEASE = 12;

/** The end of a run's id: its beginning is the time and the same for all runs of a day. */
export function shortRunId(id: RunId): string {
  return id.slice(-SHORT_RUN);
}

export function ShortRelease({ release }: { readonly release: Run["release"] }) {
  return release === null ? <span>–</span> : <Mono>{release.slice(0, SHORT_RELEASE)}</Mono>;
}

/** Why, as a sentence; nothing when there is nothing to say. */
export function Reason({ reason }: { readonly reason: RunReason | null }) {
  const say = useReasonText();
  const text = say(reason);
  return text === "" ? null : <span title={text}>{text}</span>;
}

export function useReasonText(): (reason: RunReason | null) => string {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const language = useLanguage();
  return (reason) => (reason === null ? "" : reasonText(reason, { t, format, language }));
}

/** Name of a target as people know it. */
export function TargetName({ target }: { readonly target: Run["target"] }) {
  const { t } = useTranslation("runs");
  return <span>{target === "this-computer" ? t("thisComputer") : target}</span>;
}
