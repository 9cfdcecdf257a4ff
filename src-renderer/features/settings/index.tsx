import { IconFlag, IconStethoscope } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { lazyPart } from "../../ui/index.ts";
import { type Action, type Feature, paths } from "../../workbench/index.ts";
import { UpdateStatusItem } from "./update-status.tsx";

export { AppearanceFields } from "./appearance-fields.tsx";

const SettingsPage = lazyPart<object>(async () => (await import("./settings-page.tsx")).SettingsPage);

/** Commands of this feature: the doctor, the first steps. */
export function useSettingsActions(): readonly Action[] {
  const { t } = useTranslation("settings");
  const [, navigate] = useLocation();
  return [
    {
      id: "settings.doctor",
      group: "help",
      label: t("actions.doctor"),
      icon: <IconStethoscope size={16} />,
      run: () => navigate(paths.settings),
    },
    {
      id: "settings.welcome",
      group: "help",
      label: t("actions.welcome"),
      icon: <IconFlag size={16} />,
      run: () => navigate(paths.welcome),
    },
  ];
}

/** Settings: how the page looks, what the program is, what does not work. */
export const settingsFeature: Feature = {
  id: "settings",
  place: "settings",
  parts: [SettingsPage],
  StatusItem: UpdateStatusItem,
  routes: [{ pattern: paths.settings, render: () => <SettingsPage /> }],
};
