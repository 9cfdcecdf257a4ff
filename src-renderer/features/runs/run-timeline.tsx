import { useTranslation } from "react-i18next";
import { isFinal, type Run, type RunState, type TimelineEntry } from "#contract/run.ts";
import { useLiveTimeline } from "../../rpc/index.ts";
import { ErrorPanel, noteText, StateMark, useFormat, useNow, usePhraseWords } from "../../ui/index.ts";
import css from "./run-page.module.css";
import { useReasonText } from "./run-words.tsx";
import { type StateSpan, stateSpans } from "./state-spans.ts";

/** What happened to a run and when: one bar of states to scale, and every step below it. */
export function RunTimeline({ run }: { readonly run: Run }) {
  const { t } = useTranslation("runs");
  const { data, failure, refetch } = useLiveTimeline(run.id);
  const now = useNow(!isFinal(run.state));
  if (failure !== null) return <ErrorPanel isInline failure={failure} onRetry={refetch} />;
  const entries = data ?? [];
  const spans = stateSpans(entries, isFinal(run.state) ? (run.endedAtMs ?? entries.at(-1)?.atMs ?? 0) : now);
  return (
    <section className={css["block"]}>
      <h2 className={css["blockTitle"]}>{t("timeline.title")}</h2>
      {spans.length > 0 && <StateAxis spans={spans} />}
      <ol className={css["steps"]}>
        {entries.map((entry) => (
          <Step key={entry.seq} entry={entry} />
        ))}
      </ol>
    </section>
  );
}

function StateAxis({ spans }: { readonly spans: readonly StateSpan[] }) {
  const { t } = useTranslation("runs");
  const { t: common } = useTranslation();
  const format = useFormat();
  const first = spans[0];
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return null;
  return (
    <div>
      <div className={css["axis"]} role="img" aria-label={t("timeline.axis")}>
        {spans.map((span) => (
          <div
            key={span.fromMs}
            className={css["axisPart"]}
            data-state={span.state}
            style={{ flexGrow: Math.max(span.toMs - span.fromMs, 1) }}
            title={`${common(`state.${span.state}`)} · ${format.duration(span.toMs - span.fromMs)}`}
          />
        ))}
      </div>
      <div className={css["axisEnds"]}>
        <span>{format.timeOfDay(first.fromMs)}</span>
        <span>{format.timeOfDay(last.toMs)}</span>
      </div>
    </div>
  );
}

function Step({ entry }: { readonly entry: TimelineEntry }) {
  const format = useFormat();
  return (
    <li className={css["step"]}>
      <time
        className={css["stepTime"]}
        dateTime={new Date(entry.atMs).toISOString()}
        title={format.exact(entry.atMs)}
      >
        {format.timeOfDay(entry.atMs)}
      </time>
      <span className={css["stepMark"]}>{entry.state !== null && <StateMark state={entry.state} />}</span>
      <span className={css["stepText"]}>
        <StepText entry={entry} />
      </span>
    </li>
  );
}

function StepText({ entry }: { readonly entry: TimelineEntry }) {
  const { t } = useTranslation("runs");
  const { t: common } = useTranslation();
  const reason = useReasonText()(entry.reason);
  const words = usePhraseWords();
  switch (entry.kind) {
    case "state":
      return (
        <>
          <strong>{entry.state === null ? "" : common(`state.${entry.state satisfies RunState}`)}</strong>
          {reason !== "" && <span className={css["stepReason"]}>{reason}</span>}
        </>
      );
    case "health":
      return <>{t("timeline.health", { health: healthWord(entry.text, t) })}</>;
    case "screenshot":
      return <>{t("timeline.screenshot", { name: entry.text ?? "" })}</>;
    case "adopted":
      return <>{t("timeline.adopted")}</>;
    case "note":
      return <>{noteText(entry, words)}</>;
  }
}

const HEALTH_WORDS = ["none", "waiting", "healthy", "unhealthy"] as const;

function healthWord(text: string | null, t: ReturnType<typeof useTranslation<"runs">>["t"]): string {
  const word = HEALTH_WORDS.find((known) => known === text);
  return word === undefined ? (text ?? "") : t(`health.${word}`);
}
