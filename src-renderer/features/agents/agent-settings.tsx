import { Button, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { Agent } from "#contract/agent.ts";
import { useAutostart, useCommand, useRpc } from "../../rpc/index.ts";
import { Panel } from "../../ui/index.ts";
import {
  LogLimitFields,
  paths,
  showDone,
  showFailure,
  useAskFirst,
  useLogKeeping,
} from "../../workbench/index.ts";
import classes from "./agents.module.css";

/** How long the logs of this agent are kept, where that differs from all others. */
function LogLimits({ agent }: { readonly agent: Agent }) {
  const { t } = useTranslation("log");
  const keeping = useLogKeeping().data;
  if (keeping === undefined) return null;
  return (
    <Panel title={t("keeping.agentTitle")}>
      <LogLimitFields keeping={keeping} agent={agent.name} />
    </Panel>
  );
}

/** What a person decides about an agent: start with Pilothouse, how long its logs stay, remove. */
export function AgentSettings({ agent }: { readonly agent: Agent }) {
  const { t } = useTranslation("agents");
  const rpc = useRpc();
  const ask = useAskFirst();
  const [, navigate] = useLocation();
  const [isAutostart, setAutostart] = useAutostart(agent, showFailure);
  const remove = useCommand(() => rpc.agents.remove.mutate({ name: agent.name }), {
    onDone: () => {
      showDone(t("settings.removed", { agent: agent.name }));
      navigate(paths.agents);
    },
    onFailure: showFailure,
  });
  return (
    <div className={classes.settings}>
      <Panel>
        <Switch
          label={t("settings.autostart")}
          description={t("settings.autostartHint")}
          checked={isAutostart}
          onChange={(event) => setAutostart(event.currentTarget.checked)}
        />
      </Panel>
      <LogLimits agent={agent} />
      <Panel title={t("settings.removeTitle")}>
        <div className={classes.settingsRow}>
          <p>{t("settings.removeHint")}</p>
          <Button
            color="red"
            variant="outline"
            loading={remove.isBusy}
            onClick={() =>
              ask({
                title: t("settings.removeAsk", { agent: agent.name }),
                text: t("settings.removeText", { folder: agent.folder }),
                confirm: t("settings.remove"),
                onConfirm: () => remove.run(undefined),
              })
            }
          >
            {t("settings.remove")}
          </Button>
        </div>
      </Panel>
    </div>
  );
}
