import {
  IconArrowRight,
  IconKeyboard,
  IconLanguage,
  IconLayoutSidebar,
  IconMoon,
  IconRowInsertBottom,
  IconWindowMaximize,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { type Action, PLACES, paths, usePreferences } from "../../workbench/index.ts";
import { openWindow } from "./open-window.ts";

const ICON_SIZE = 16;

const LOOK_ICONS: Readonly<Record<string, ReactNode>> = {
  scheme: <IconMoon size={ICON_SIZE} />,
  language: <IconLanguage size={ICON_SIZE} />,
  density: <IconRowInsertBottom size={ICON_SIZE} />,
  rail: <IconLayoutSidebar size={ICON_SIZE} />,
};

/** What the shell itself can do: go somewhere, look different, help. */
export function useShellActions(onShortcuts: () => void): readonly Action[] {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { settings, change } = usePreferences();

  const places = PLACES.map(
    (place): Action => ({
      id: `go.${place}`,
      group: "navigate",
      label: t("actions.goTo", { place: t(`rail.${place}`) }),
      icon: <IconArrowRight size={ICON_SIZE} />,
      run: () => navigate(paths[place]),
    }),
  );
  const look = (id: string, label: string, run: () => void): Action => ({
    id,
    group: "appearance",
    label,
    icon: LOOK_ICONS[id.split(".")[0] ?? ""],
    run,
  });
  return [
    ...places,
    {
      id: "window.new",
      group: "navigate",
      label: t("actions.newWindow"),
      icon: <IconWindowMaximize size={ICON_SIZE} />,
      run: openWindow,
    },
    look("scheme.light", t("actions.schemeLight"), () => change({ colorScheme: "light" })),
    look("scheme.dark", t("actions.schemeDark"), () => change({ colorScheme: "dark" })),
    look("scheme.system", t("actions.schemeSystem"), () => change({ colorScheme: "system" })),
    look("language.en", t("actions.languageEn"), () => change({ language: "en" })),
    look("language.ru", t("actions.languageRu"), () => change({ language: "ru" })),
    look("language.system", t("actions.languageSystem"), () => change({ language: "system" })),
    look("density.compact", t("actions.densityCompact"), () => change({ density: "compact" })),
    look("density.comfortable", t("actions.densityComfortable"), () => change({ density: "comfortable" })),
    look("rail.toggle", t("actions.toggleRail"), () =>
      change({ isRailCollapsed: !settings.isRailCollapsed }),
    ),
    {
      id: "help.shortcuts",
      group: "help",
      label: t("actions.shortcuts"),
      icon: <IconKeyboard size={ICON_SIZE} />,
      run: onShortcuts,
    },
  ];
}
