import { Anchor, Button, Tabs, Tooltip } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearchParams } from "wouter";
import type { Agent } from "#contract/agent.ts";
import type { AgentName } from "#contract/ids.ts";
import { useLiveAgent, useLiveEngines } from "../../rpc/index.ts";
import { ErrorPanel, KeyValueList, onceClicked, Page, PageHeader, Panel } from "../../ui/index.ts";
import { canStart, paths, useDialogParam } from "../../workbench/index.ts";
import { NeedsList } from "../credentials/index.tsx";
import { AgentRuns } from "./agent-runs.tsx";
import { AgentSettings } from "./agent-settings.tsx";
import classes from "./agents.module.css";
import { useIdentityFacts, useRuleFacts } from "./manifest-facts.tsx";
import { ManifestText } from "./manifest-text.tsx";
import { NoSuchAgent } from "./no-such-agent.tsx";
import { ProblemList } from "./problem-list.tsx";
import { useStartAgent } from "./use-start-agent.ts";

const TABS = ["overview", "runs", "manifest", "settings"] as const;
type Tab = (typeof TABS)[number];

const RECENT_LIMIT = 8;
const HISTORY_LIMIT = 1_000;

function tabOf(text: string | null): Tab {
  return TABS.find((tab) => tab === text) ?? "overview";
}

export function AgentPage({ name }: { readonly name: AgentName }) {
  const agent = useLiveAgent(name);
  if (agent.data !== undefined && agent.failure === null) return <Known agent={agent.data} />;
  if (agent.failure?.code === "agent.not_found") return <NoSuchAgent agent={name} />;
  return (
    <Page header={<PageHeader title={name} />}>
      {agent.failure !== null && <ErrorPanel failure={agent.failure} onRetry={agent.refetch} />}
    </Page>
  );
}

function Known({ agent }: { readonly agent: Agent }) {
  const { t } = useTranslation("agents");
  const [params, setParams] = useSearchParams();
  const tab = tabOf(params.get("tab"));
  return (
    <Page header={<Header agent={agent} />} isFilling>
      <Tabs
        value={tab}
        onChange={(next) => setParams(next === "overview" || next === null ? {} : { tab: next })}
        className={classes.agentTabs}
        keepMounted={false}
      >
        <Tabs.List aria-label={t("page.tabs")}>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`page.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview" className={classes.tabBody}>
          <Overview agent={agent} />
        </Tabs.Panel>
        <Tabs.Panel value="runs" className={classes.tabBody} data-filling>
          <AgentRuns agent={agent.name} limit={HISTORY_LIMIT} />
        </Tabs.Panel>
        <Tabs.Panel value="manifest" className={classes.tabBody}>
          <ManifestText agent={agent} />
        </Tabs.Panel>
        <Tabs.Panel value="settings" className={classes.tabBody}>
          <AgentSettings agent={agent} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Header({ agent }: { readonly agent: Agent }) {
  const { t } = useTranslation("agents");
  const [, navigate] = useLocation();
  const { start, isBusy } = useStartAgent((run) => navigate(paths.run(run.id)));
  const isReady = canStart(agent);
  const dialog = useDialogParam("start");
  const engines = useLiveEngines().data ?? [];
  return (
    <PageHeader
      title={agent.name}
      note={agent.manifest.description}
      actions={
        <>
          {engines.length > 0 && (
            <Button variant="default" disabled={!isReady} onClick={() => dialog.open(agent.name)}>
              {t("page.startOn")}
            </Button>
          )}
          <Tooltip label={t("page.cannotStart")} disabled={isReady}>
            <Button
              leftSection={<IconPlayerPlay size={14} />}
              disabled={!isReady}
              loading={isBusy}
              onClick={onceClicked(() => start(agent))}
            >
              {t("page.start")}
            </Button>
          </Tooltip>
        </>
      }
    />
  );
}

function Trouble({ agent }: { readonly agent: Agent }) {
  const { t } = useTranslation("agents");
  if (!agent.isPresent) {
    return (
      <section className={classes.notice}>
        <h2>{t("page.folderGoneTitle")}</h2>
        <p>{t("page.folderGoneHint", { folder: agent.folder })}</p>
      </section>
    );
  }
  if (agent.problems.length === 0) return null;
  return (
    <section className={classes.notice}>
      <h2>{t("page.problemsTitle", { count: agent.problems.length })}</h2>
      <p>
        {t("page.problemsHint")}{" "}
        <Anchor component={Link} to={`${paths.agent(agent.name)}?tab=manifest`} inherit>
          {t("page.showManifest")}
        </Anchor>
      </p>
      <ProblemList problems={agent.problems} />
    </section>
  );
}

/** Credentials and variables the manifest names, and whether they are there. */
function AgentNeeds({ agent }: { readonly agent: Agent }) {
  const { t } = useTranslation("credentials");
  const { credentials = [], variables = [] } = agent.manifest;
  if (credentials.length + variables.length === 0) return null;
  return (
    <Panel title={t("needs.title")}>
      <NeedsList agent={agent} />
    </Panel>
  );
}

function Overview({ agent }: { readonly agent: Agent }) {
  const { t } = useTranslation("agents");
  const identity = useIdentityFacts(agent);
  const rules = useRuleFacts(agent.manifest);
  return (
    <div className={classes.stack}>
      <Trouble agent={agent} />
      <div className={classes.columns}>
        <Panel title={t("page.facts")}>
          <KeyValueList facts={identity} />
        </Panel>
        <Panel title={t("page.rules")}>
          <KeyValueList facts={rules} />
        </Panel>
      </div>
      <AgentNeeds agent={agent} />
      <section className={classes.recent}>
        <div className={classes.recentHead}>
          <h2>{t("page.recent")}</h2>
          <Anchor component={Link} to={`${paths.agent(agent.name)}?tab=runs`} inherit>
            {t("page.allRuns")}
          </Anchor>
        </div>
        <AgentRuns agent={agent.name} limit={RECENT_LIMIT} />
      </section>
    </div>
  );
}
