import { Button, Progress, Switch } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { UpdateState } from "#contract/update.ts";
import { failureOfUpdate, useLiveUpdate, useUpdateCommand } from "../../rpc/index.ts";
import { Bytes, ErrorPanel, Panel, RelativeTime } from "../../ui/index.ts";
import { usePreferences } from "../../workbench/index.ts";
import classes from "./settings.module.css";

/** Newer versions; only where this build looks for any. */
export function UpdatesPanel() {
  const { t } = useTranslation("settings");
  const { settings, change } = usePreferences();
  const check = useUpdateCommand("check");
  const state = useLiveUpdate().data;
  if (state === undefined || state.kind === "off") return null;
  const isUnderWay = state.kind === "checking" || state.kind === "downloading";
  return (
    <Panel
      title={t("updates.title")}
      actions={
        state.kind !== "ready" &&
        state.kind !== "failed" && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconRefresh size={12} />}
            loading={state.kind === "checking"}
            disabled={isUnderWay}
            onClick={() => check.run()}
          >
            {t("updates.check")}
          </Button>
        )
      }
    >
      <div className={classes.fields}>
        {/* Where it stands is read out when it changes. */}
        <div aria-live="polite">
          <Standing state={state} />
        </div>
        <Switch
          label={t("updates.looksForUpdates")}
          checked={settings.looksForUpdates}
          onChange={(event) => change({ looksForUpdates: event.currentTarget.checked })}
        />
      </div>
    </Panel>
  );
}

function Standing({ state }: { readonly state: UpdateState }) {
  const { t } = useTranslation("settings");
  const check = useUpdateCommand("check");
  switch (state.kind) {
    case "off":
      return null;
    case "checking":
      return <Line>{t("updates.checking")}</Line>;
    case "current":
      return <Current checkedAtMs={state.checkedAtMs} />;
    case "available":
      return <Available state={state} />;
    case "downloading":
      return <Downloading state={state} />;
    case "ready":
      return <Ready state={state} />;
    case "failed":
      return <ErrorPanel failure={failureOfUpdate(state)} onRetry={() => check.run()} isInline />;
  }
}

function Line({ children, action }: { readonly children: ReactNode; readonly action?: ReactNode }) {
  return (
    <div className={classes.row}>
      <span className={classes.dimmed}>{children}</span>
      {action}
    </div>
  );
}

function Current({ checkedAtMs }: { readonly checkedAtMs: number | null }) {
  const { t } = useTranslation("settings");
  if (checkedAtMs === null) return <Line>{t("updates.notLooked")}</Line>;
  return (
    <Line>
      {t("updates.current")} <RelativeTime atMs={checkedAtMs} />
    </Line>
  );
}

function Available({ state }: { readonly state: Extract<UpdateState, { kind: "available" }> }) {
  const { t } = useTranslation("settings");
  const download = useUpdateCommand("download");
  const { version, way } = state;
  const action = way !== "notify" && <Button onClick={() => download.run()}>{t("updates.download")}</Button>;
  return (
    <Line action={action}>
      <strong className={classes.version}>{t("updates.available", { version })}</strong>
      {way === "notify" && ` ${t("updates.byOthers")}`}
    </Line>
  );
}

function Downloading({ state }: { readonly state: Extract<UpdateState, { kind: "downloading" }> }) {
  const { t } = useTranslation("settings");
  const { doneBytes, sizeBytes, version } = state;
  return (
    <>
      <Line
        action={
          <span>
            <Bytes sizeBytes={doneBytes} /> / <Bytes sizeBytes={sizeBytes} />
          </span>
        }
      >
        {t("updates.downloading", { version })}
      </Line>
      <Progress
        mt={8}
        value={(doneBytes / sizeBytes) * 100}
        aria-label={t("updates.downloading", { version })}
      />
    </>
  );
}

function Ready({ state }: { readonly state: Extract<UpdateState, { kind: "ready" }> }) {
  const { t } = useTranslation("settings");
  const install = useUpdateCommand("install");
  const { version, way } = state;
  const [hint, label] =
    way === "open"
      ? [t("updates.readyToOpen"), t("updates.open")]
      : [t("updates.readyToInstall"), t("updates.install")];
  return (
    <Line action={<Button onClick={() => install.run()}>{label}</Button>}>
      <strong className={classes.version}>{t("updates.ready", { version })}</strong> {hint}
    </Line>
  );
}
