import { Button, Menu, Tabs, Tooltip } from "@mantine/core";
import { IconDots, IconPlayerPlay, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearchParams } from "wouter";
import type { Container, Engine, EngineId } from "#contract/engine.ts";
import { useLiveContainers, useLiveEngines } from "../../rpc/index.ts";
import { CopyButton, Duration, ErrorPanel, Mono, Page, parts } from "../../ui/index.ts";
import { NothingThere, paths } from "../../workbench/index.ts";
import { ContainerFiles } from "./container-files.tsx";
import { ContainerInspect } from "./container-inspect.tsx";
import { ContainerLoad } from "./container-load.tsx";
import { ContainerLog } from "./container-log.tsx";
import { ContainerMenuItems } from "./container-menu.tsx";
import css from "./container-page.module.css";
import { canAct } from "./container-rules.ts";
import { ContainerShell } from "./container-shell.tsx";
import { ContainerBadge, EngineBadge } from "./container-state.tsx";
import { imageText, shortId, theOne } from "./engine-words.ts";
import { type ContainerActs, useContainerActs } from "./use-container-acts.tsx";

export interface ContainerPageProps {
  readonly engine: EngineId;
  /** Id, its first characters, or a name that an address was made with. */
  readonly id: string;
}

/** One container: its log, a shell in it, its load, its files, and all that is known of it. */
export function ContainerPage({ engine, id }: ContainerPageProps) {
  const { t } = useTranslation("engines");
  const list = useLiveContainers(engine);
  const engines = useLiveEngines().data ?? [];
  if (list.failure !== null) {
    return (
      <Page header={null}>
        <ErrorPanel failure={list.failure} onRetry={list.refetch} />
      </Page>
    );
  }
  if (list.data === undefined) return null;
  const container = theOne(list.data.containers, id);
  if (container !== undefined) {
    return <Known engine={engine} state={engines.find((each) => each.id === engine)} container={container} />;
  }
  const wayOut = { to: paths.engine(engine), label: t("noSuchContainer.toList") };
  return <NothingThere title={t("noSuchContainer.title")} hint={t("noSuchContainer.hint")} wayOut={wayOut} />;
}

const TABS = ["log", "shell", "load", "inspect", "files"] as const;

interface KnownProps {
  readonly engine: EngineId;
  readonly state: Engine | undefined;
  readonly container: Container;
}

function Known({ engine, state, container }: KnownProps) {
  const { t } = useTranslation("engines");
  const [, navigate] = useLocation();
  const [params, setParams] = useSearchParams();
  const acts = useContainerActs(engine, () => navigate(paths.engine(engine)));
  const tab = TABS.find((each) => each === params.get("tab")) ?? "log";
  return (
    <div className={css["page"]}>
      <Header engine={state} container={container} acts={acts} />
      <Tabs
        value={tab}
        onChange={(next) =>
          setParams(next === "log" || next === null ? {} : { tab: next }, { replace: true })
        }
        className={css["tabs"]}
        keepMounted={false}
      >
        <Tabs.List aria-label={t("containerTabs")}>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`containerTab.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="log" className={css["panel"]}>
          <ContainerLog engine={engine} container={container} />
        </Tabs.Panel>
        <Tabs.Panel value="shell" className={css["panel"]}>
          <ContainerShell engine={engine} container={container} acts={acts} />
        </Tabs.Panel>
        <Tabs.Panel value="load" className={css["panel"]}>
          <ContainerLoad key={container.id} engine={engine} container={container} />
        </Tabs.Panel>
        <Tabs.Panel value="inspect" className={css["panel"]}>
          <ContainerInspect engine={engine} container={container} />
        </Tabs.Panel>
        <Tabs.Panel value="files" className={css["panel"]}>
          <ContainerFiles engine={engine} container={container} />
        </Tabs.Panel>
      </Tabs>
      {acts.dialogs}
    </div>
  );
}

interface HeaderProps {
  readonly engine: Engine | undefined;
  readonly container: Container;
  readonly acts: ContainerActs;
}

function Header({ engine, container, acts }: HeaderProps) {
  const { t } = useTranslation("engines");
  const next = canAct(container, "stop") ? "stop" : "start";
  const act = acts.underWay.get(container.id);
  const isLive = container.state === "running" || container.state === "paused";
  return (
    <header className={css["header"]}>
      <div className={css["headline"]}>
        <h1 className={css["title"]}>{container.name}</h1>
        <span className={css["id"]}>
          <Mono>{shortId(container.id)}</Mono>
          <CopyButton value={container.id} label={t("copyId")} />
        </span>
        <span role="status">
          {act === undefined ? <ContainerBadge container={container} /> : t(`underWay.${act}`)}
        </span>
        {engine?.state === "not-answering" && <EngineBadge engine={engine} />}
        <span className={parts["dimmed"]} title={container.image}>
          {imageText(container.image)}
        </span>
        {isLive && (
          <span className={parts["dimmed"]}>
            {t("column.uptime")} <Duration fromMs={container.startedAtMs} toMs={null} />
          </span>
        )}
        {container.runId !== null && <Link href={paths.run(container.runId)}>{t("toRun")}</Link>}
      </div>
      <div className={css["buttons"]}>
        <Button
          variant="default"
          leftSection={<IconRefresh size={14} />}
          disabled={!canAct(container, "restart") || act !== undefined}
          onClick={() => acts.act([container], "restart")}
        >
          {t("act.restart")}
        </Button>
        <Button
          variant={next === "stop" ? "light" : "filled"}
          {...(next === "stop" ? { color: "red" } : {})}
          leftSection={next === "stop" ? <IconPlayerStop size={14} /> : <IconPlayerPlay size={14} />}
          loading={act !== undefined}
          disabled={!canAct(container, next)}
          onClick={() => acts.act([container], next)}
        >
          {t(`act.${next}`)}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Tooltip label={t("act.more")}>
              <Button variant="default" px={6} aria-label={t("act.more")}>
                <IconDots size={16} />
              </Button>
            </Tooltip>
          </Menu.Target>
          <ContainerMenuItems container={container} acts={acts} />
        </Menu>
      </div>
    </header>
  );
}
