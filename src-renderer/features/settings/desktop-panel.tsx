import { Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Settings } from "#contract/system.ts";
import { useSystemInfo } from "../../rpc/index.ts";
import { Panel } from "../../ui/index.ts";
import { usePreferences } from "../../workbench/index.ts";
import { Choice } from "./choice.tsx";
import classes from "./settings.module.css";

/** How the desktop program stands in the system; only where it is one. */
export function DesktopPanel() {
  const { t } = useTranslation("settings");
  const { settings, change } = usePreferences();
  if (useSystemInfo().data?.capabilities.entry !== "desktop") return null;
  return (
    <Panel title={t("desktop.title")}>
      <div className={classes.fields}>
        <Switch
          label={t("desktop.startsAtLogin")}
          checked={settings.startsAtLogin}
          onChange={(event) => change({ startsAtLogin: event.currentTarget.checked })}
        />
        <Switch
          label={t("desktop.notifies")}
          checked={settings.notifies}
          onChange={(event) => change({ notifies: event.currentTarget.checked })}
        />
        <Choice
          label={t("desktop.tray")}
          value={settings.tray}
          options={[
            ["system", t("desktop.traySystem")],
            ["on", t("desktop.trayOn")],
            ["off", t("desktop.trayOff")],
          ]}
          onChange={(value) => change({ tray: value as Settings["tray"] })}
        />
      </div>
    </Panel>
  );
}
