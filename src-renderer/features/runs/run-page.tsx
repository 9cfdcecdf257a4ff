import { Button, Menu, Tabs, Tooltip } from "@mantine/core";
import { IconChevronDown, IconPlayerStop, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearchParams } from "wouter";
import type { RunId } from "#contract/ids.ts";
import { isFinal, type Run } from "#contract/run.ts";
import { useLiveRun, useLiveRuns, useLiveScreenshots } from "../../rpc/index.ts";
import {
  CopyButton,
  createTimeCursor,
  Duration,
  ErrorPanel,
  Mono,
  onceClicked,
  RelativeTime,
  StateBadge,
  type TimeCursor,
} from "../../ui/index.ts";
import { MendVaultButton, paths, showDone, waitsForVault } from "../../workbench/index.ts";
import { ScreenshotsPanel } from "../screens/index.ts";
import { NoSuchRun } from "./no-such-run.tsx";
import { canForce, canStop, type RunActions, useRunActions } from "./run-actions.ts";
import { RunDetails } from "./run-details.tsx";
import { RunLoad } from "./run-load.tsx";
import { RunLog } from "./run-log.tsx";
import css from "./run-page.module.css";
import { RunTimeline } from "./run-timeline.tsx";
import { ShortRelease, shortRunId, TargetName, useReasonText } from "./run-words.tsx";

export function RunPage({ id }: { readonly id: RunId }) {
  const live = useLiveRun(id);
  if (live.failure?.code === "run.not_found") return <NoSuchRun />;
  if (live.failure !== null && live.data === undefined)
    return (
      <div className={css["failure"]}>
        <ErrorPanel failure={live.failure} onRetry={live.refetch} />
      </div>
    );
  return live.data === undefined ? null : <OneRun run={live.data} />;
}

function OneRun({ run }: { readonly run: Run }) {
  const { t } = useTranslation("runs");
  const [, navigate] = useLocation();
  const [cursor] = useState(createTimeCursor);
  const actions = useRunActions(run, {
    onStarted(next) {
      showDone(t("done.started", { count: 1 }));
      navigate(paths.run(next.id));
    },
    onRemoved: () => navigate(paths.runs),
  });
  return (
    <div className={css["page"]}>
      <RunHeader run={run} actions={actions} />
      {actions.failure !== null && (
        <div className={css["failure"]}>
          <ErrorPanel isInline failure={actions.failure} />
        </div>
      )}
      <div className={css["body"]}>
        <div className={css["log"]}>
          <RunLog run={run} cursor={cursor} />
        </div>
        <aside className={css["side"]}>
          <SidePanel run={run} cursor={cursor} />
        </aside>
      </div>
    </div>
  );
}

const TABS = ["overview", "load", "screens", "details"] as const;

function SidePanel({ run, cursor }: { readonly run: Run; readonly cursor: TimeCursor }) {
  const { t } = useTranslation("runs");
  const [params, setParams] = useSearchParams();
  const screenshots = useLiveScreenshots(run.id).data ?? [];
  const tab = TABS.find((name) => name === params.get("tab")) ?? "overview";
  return (
    <Tabs
      className={css["tabs"]}
      value={tab}
      onChange={(value) =>
        setParams(
          (current) => {
            const next = new URLSearchParams(current);
            next.set("tab", value ?? "overview");
            return next;
          },
          { replace: true },
        )
      }
      keepMounted={false}
    >
      <Tabs.List>
        {TABS.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`tab.${name}`)}
            {name === "screens" && screenshots.length > 0 && (
              <span className={css["tabCount"]}>{screenshots.length}</span>
            )}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="overview" className={css["panel"]}>
        <RunTimeline run={run} />
        <RunLoad run={run} cursor={cursor} isCompact />
      </Tabs.Panel>
      <Tabs.Panel value="load" className={css["panel"]}>
        <RunLoad run={run} cursor={cursor} />
      </Tabs.Panel>
      <Tabs.Panel value="screens" className={css["panel"]}>
        <ScreenshotsPanel runId={run.id} isLive={!isFinal(run.state)} />
      </Tabs.Panel>
      <Tabs.Panel value="details" className={css["panel"]}>
        <RunDetails run={run} />
      </Tabs.Panel>
    </Tabs>
  );
}

function RunHeader({ run, actions }: { readonly run: Run; readonly actions: RunActions }) {
  const { t } = useTranslation("runs");
  const reason = useReasonText()(run.reason);
  return (
    <header className={css["header"]}>
      <div className={css["headline"]}>
        <h1 className={css["title"]}>
          <Link href={paths.agent(run.agent)}>{run.agent}</Link>
        </h1>
        <span className={css["id"]}>
          <Mono>{shortRunId(run.id)}</Mono>
          <CopyButton value={run.id} label={t("copyId")} />
        </span>
        <span className={css["state"]} role="status">
          <StateBadge state={run.state} />
        </span>
        {reason !== "" && <span className={css["reason"]}>{reason}</span>}
        {waitsForVault(run) && <MendVaultButton />}
      </div>
      <RunButtons run={run} actions={actions} />
      <dl className={css["facts"]}>
        <Fact label={t("fact.target")}>
          <TargetName target={run.target} />
        </Fact>
        <Fact label={t("fact.started")}>
          <RelativeTime atMs={run.startedAtMs ?? run.createdAtMs} />
        </Fact>
        <Fact label={t("fact.duration")}>
          <Duration fromMs={run.startedAtMs} toMs={isFinal(run.state) ? run.endedAtMs : null} />
        </Fact>
        <Fact label={t("fact.release")}>
          <ShortRelease release={run.release} />
        </Fact>
        <Fact label={t("fact.attempt")}>
          {run.attempt}
          {run.previousRunId !== null && (
            <>
              {" · "}
              <Link href={paths.run(run.previousRunId)}>{t("previousRun")}</Link>
            </>
          )}
          <NextRun run={run} />
        </Fact>
        {run.health !== "none" && <Fact label={t("fact.health")}>{t(`health.${run.health}`)}</Fact>}
        {run.exitCode !== null && <Fact label={t("fact.exitCode")}>{run.exitCode}</Fact>}
      </dl>
    </header>
  );
}

/** The run that replaced this one. */
function NextRun({ run }: { readonly run: Run }) {
  const { t } = useTranslation("runs");
  const later = useLiveRuns({ agent: run.agent, limit: 200 }).data?.runs ?? [];
  const next = later.find((each) => each.previousRunId === run.id);
  if (next === undefined) return null;
  return (
    <>
      {" · "}
      <Link href={paths.run(next.id)}>{t("nextRun")}</Link>
    </>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div className={css["fact"]}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function RunButtons({ run, actions }: { readonly run: Run; readonly actions: RunActions }) {
  const { t } = useTranslation("runs");
  if (isFinal(run.state)) {
    return (
      <div className={css["buttons"]}>
        <Button
          variant="default"
          leftSection={<IconTrash size={14} />}
          loading={actions.isRemoving}
          onClick={actions.remove}
        >
          {t("act.remove")}
        </Button>
        <Button
          leftSection={<IconRefresh size={14} />}
          loading={actions.isStarting}
          disabled={!actions.canStartAgain}
          onClick={onceClicked(actions.startAgain)}
        >
          {t("act.startAgain")}
        </Button>
      </div>
    );
  }
  return (
    <div className={css["buttons"]}>
      <Button
        variant="default"
        leftSection={<IconRefresh size={14} />}
        loading={actions.isStarting}
        disabled={!actions.canStartAgain}
        onClick={onceClicked(actions.startAgain)}
      >
        {t("act.startAnother")}
      </Button>
      <Button.Group>
        <Button
          color="red"
          variant="light"
          leftSection={<IconPlayerStop size={14} />}
          loading={actions.isStopping}
          disabled={!canStop(run)}
          onClick={actions.stop}
        >
          {t("act.stop")}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Tooltip label={t("act.more")}>
              <Button color="red" variant="light" aria-label={t("act.more")} px={6}>
                <IconChevronDown size={14} />
              </Button>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item color="red" c="var(--ph-red)" disabled={!canForce(run)} onClick={actions.forceStop}>
              {t("act.forceStop")}
              <div className={css["menuNote"]}>{t("act.forceStopHint")}</div>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
    </div>
  );
}
