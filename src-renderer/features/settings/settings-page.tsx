import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useSystemInfo } from "../../rpc/index.ts";
import { Copyable, Duration, ErrorPanel, KeyValueList, Page, PageHeader, Panel } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";
import { AppearanceFields } from "./appearance-fields.tsx";
import { DesktopPanel } from "./desktop-panel.tsx";
import { Doctor } from "./doctor.tsx";
import { LogsPanel } from "./logs-panel.tsx";
import { NetworkPanel } from "./network-panel.tsx";
import classes from "./settings.module.css";
import { SinksPanel } from "./sinks-panel.tsx";
import { UpdatesPanel } from "./updates-panel.tsx";

export function SettingsPage() {
  const { t } = useTranslation("settings");
  return (
    <Page header={<PageHeader title={t("title")} />}>
      <div className={classes.columns}>
        <div className={classes.stack}>
          <Panel title={t("appearance.title")}>
            <AppearanceFields />
          </Panel>
          <DesktopPanel />
          <LogsPanel />
          <NetworkPanel />
          <SinksPanel />
          <UpdatesPanel />
        </div>
        <div className={classes.stack}>
          <Doctor />
          <About />
          <Panel title={t("welcome")}>
            <div className={classes.row}>
              <span className={classes.dimmed}>{t("welcomeHint")}</span>
              <Button component={Link} to={paths.welcome} variant="default">
                {t("welcomeShow")}
              </Button>
            </div>
          </Panel>
        </div>
      </div>
    </Page>
  );
}

function About() {
  const { t } = useTranslation("settings");
  const info = useSystemInfo();
  if (info.failure !== null) return <ErrorPanel failure={info.failure} onRetry={info.refetch} />;
  if (info.data === undefined) return null;
  const { version, dataFolder, pid, startedAtMs, platform, nodeVersion, sqliteVersion } = info.data;
  return (
    <Panel title={t("about.title")}>
      <KeyValueList
        facts={[
          { key: "version", label: t("about.version"), value: version },
          {
            key: "data",
            label: t("about.dataFolder"),
            value: <Copyable value={dataFolder} />,
          },
          {
            key: "core",
            label: t("about.core"),
            value: (
              <>
                {t("about.coreValue", { pid })} <Duration fromMs={startedAtMs} toMs={null} />
              </>
            ),
          },
          { key: "platform", label: t("about.platform"), value: platform },
          { key: "node", label: t("about.node"), value: nodeVersion },
          { key: "sqlite", label: t("about.sqlite"), value: sqliteVersion },
        ]}
      />
    </Panel>
  );
}
