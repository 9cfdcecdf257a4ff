import { IconKeyboard } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { THIS_COMPUTER } from "#contract/ids.ts";
import type { Target } from "#contract/target.ts";
import {
  type ConnectionPhase,
  useConnection,
  useLiveRuns,
  useLiveTargets,
  useSystemInfo,
} from "../../rpc/index.ts";
import { CommandLine, StatusButton, StatusLink, StatusPopover, type StatusTone } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";
import { FEATURES } from "../features.ts";
import classes from "./shell.module.css";

const LIVE_STATES = ["queued", "starting", "running", "stopping", "disconnected", "needs-attention"] as const;

const CORE_TONES: Record<ConnectionPhase, StatusTone> = {
  live: "ok",
  connecting: "unknown",
  gone: "failed",
  unauthorised: "failed",
};

function CoreStatus() {
  const { t } = useTranslation();
  const { phase } = useConnection();
  const info = useSystemInfo().data;
  const words = {
    live: t("status.coreLive"),
    connecting: t("status.coreConnecting"),
    gone: t("status.coreGone"),
    unauthorised: t("status.coreGone"),
  } satisfies Record<ConnectionPhase, string>;
  return (
    <StatusPopover tone={CORE_TONES[phase]} label={`${t("status.core")}: ${words[phase]}`}>
      {phase === "live" ? (
        <p>
          {t("status.coreLiveHint")} {info !== undefined && `Pilothouse ${info.version}, pid ${info.pid}.`}
        </p>
      ) : (
        <>
          <p>{t("status.coreGoneHint")}</p>
          <CommandLine command="pilothouse serve" />
        </>
      )}
    </StatusPopover>
  );
}

function computerTone(target: Target | undefined): StatusTone {
  if (target?.probe == null) return "unknown";
  if (!target.probe.isReachable) return "failed";
  return target.probe.warnings.length > 0 ? "warning" : "ok";
}

function ComputerStatus() {
  const { t } = useTranslation();
  const target = useLiveTargets().data?.find((each) => each.id === THIS_COMPUTER);
  const tone = computerTone(target);
  const words: Record<StatusTone, string> = {
    ok: t("status.targetReachable"),
    warning: t("status.targetWarnings", { count: target?.probe?.warnings.length ?? 0 }),
    failed: t("status.targetUnreachable"),
    unknown: t("status.targetUnknown"),
  };
  return (
    <StatusLink to={paths.target(THIS_COMPUTER)} tone={tone}>
      {t("status.thisComputer")}: {words[tone]}
    </StatusLink>
  );
}

function RunsStatus() {
  const { t } = useTranslation();
  const live = useLiveRuns({ states: [...LIVE_STATES], limit: 1_000 }).data?.total ?? 0;
  return (
    <StatusLink to={paths.runs}>
      {live === 0 ? t("status.noLiveRuns") : t("status.liveRuns", { count: live })}
    </StatusLink>
  );
}

/** The state of everything underneath; each item is a dot with a word, and a click explains. */
export function StatusBar({ onShortcuts }: { readonly onShortcuts: () => void }) {
  const { t } = useTranslation();
  return (
    <footer role="contentinfo" className={classes.statusBar} aria-label={t("status.label")}>
      <CoreStatus />
      {FEATURES.map(({ id, StatusItem }) => StatusItem !== undefined && <StatusItem key={id} />)}
      <ComputerStatus />
      <RunsStatus />
      <span className={classes.grow} />
      <StatusButton onClick={onShortcuts}>
        <IconKeyboard size={14} aria-hidden="true" />
        {t("status.shortcuts")}
      </StatusButton>
    </footer>
  );
}
