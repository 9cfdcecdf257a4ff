import { Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { toFailure } from "../rpc/index.ts";
import { ErrorPanel, useFormat } from "../ui/index.ts";
import { DownloadNotice } from "./log-menu.tsx";
import css from "./log-view.module.css";
import type { LogViewStore } from "./log-view-store.ts";
import type { Download } from "./use-download.ts";

const SAY_EVERY_MS = 10_000;

/** Says to those who do not see it how many lines came since following was paused; seldom, because logs never rest. */
export function NewLinesSaid({ store }: { readonly store: LogViewStore }) {
  const { t } = useTranslation("log");
  const format = useFormat();
  const [said, setSaid] = useState(0);
  const latest = useRef(0);
  latest.current = useStore(store, (state) => (state.isFollowing ? 0 : state.newLineCount));
  const isAny = latest.current > 0;
  useEffect(() => {
    setSaid(latest.current);
    if (!isAny) return;
    const timer = setInterval(() => setSaid(latest.current), SAY_EVERY_MS);
    return () => clearInterval(timer);
  }, [isAny]);
  return (
    <span className="ph-visually-hidden" role="status" aria-live="polite">
      {said > 0 ? t("newLines", { count: said, shown: format.number(said) }) : ""}
    </span>
  );
}

interface LogNoticesProps {
  readonly store: LogViewStore;
  readonly isFiltered: boolean;
  /** Whatever run is live is shown. */
  readonly isPassing: boolean;
  readonly download: Download;
  /** What could not be done, other than reading. */
  readonly problem: unknown;
  readonly onProblemSeen: () => void;
}

/** What stands over the lines: what goes on or went wrong, why there are no lines, or the way back to the end. */
export function LogNotices(props: LogNoticesProps) {
  const { download } = props;
  const problem = props.problem ?? download.error;
  if (download.share !== null) return <DownloadNotice share={download.share} onCancel={download.cancel} />;
  if (problem === null) return <ReadingNotices {...props} />;
  return (
    <Problem problem={problem} onSeen={props.problem === null ? download.cancel : props.onProblemSeen} />
  );
}

function Problem({ problem, onSeen }: { readonly problem: unknown; readonly onSeen: () => void }) {
  const { t } = useTranslation("log");
  return (
    <div className={css["notice"]}>
      <ErrorPanel isInline failure={toFailure(problem)} />
      <Button size="compact-xs" variant="default" mt={4} onClick={onSeen}>
        {t("problemSeen")}
      </Button>
    </div>
  );
}

function ReadingNotices({ store, isFiltered, isPassing }: LogNoticesProps) {
  const { t } = useTranslation("log");
  const format = useFormat();
  const { status, error, pageError, lineCount, partials, isFollowing, newLineCount, actions } =
    useStore(store);
  if (status === "failed" || pageError !== null) {
    return (
      <div className={css["notice"]}>
        <ErrorPanel isInline failure={toFailure(pageError ?? error)} onRetry={actions.retry} />
      </div>
    );
  }
  if (lineCount === 0 && partials.length === 0 && status !== "loading")
    return <div className={css["empty"]}>{emptyText()}</div>;
  if (isFollowing || status === "ended") return null;
  return (
    <Button
      className={css["newLines"]}
      size="compact-sm"
      radius="xl"
      leftSection={<IconArrowDown size={14} />}
      onClick={() => actions.setFollowing(true)}
    >
      {newLineCount > 0
        ? t("newLines", { count: newLineCount, shown: format.number(newLineCount) })
        : t("toEnd")}
    </Button>
  );

  function emptyText(): string {
    if (isFiltered) return status === "ended" ? t("emptyFiltered") : t("emptyFilteredLive");
    if (isPassing) return t("emptyRuns");
    return status === "ended" ? t("emptyEnded") : t("emptyLive");
  }
}
