import { type createSpotlight, Spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Action, ActionGroup } from "../../workbench/index.ts";
import { useFeatureActions } from "../features.ts";
import { findActions } from "./find-actions.ts";
import classes from "./shell.module.css";
import { useShellActions } from "./shell-actions.tsx";

export type Palette = ReturnType<typeof createSpotlight>;

export interface CommandPaletteProps {
  readonly palette: Palette;
  readonly onShortcuts: () => void;
}

const GROUPS: readonly ActionGroup[] = [
  "agents",
  "runs",
  "targets",
  "secrets",
  "navigate",
  "appearance",
  "help",
];
/** More than these in one group are found by typing, not by scrolling. */
const PER_GROUP = 8;

/** Every action of the program, found by its name; Ctrl/Cmd-K from anywhere. */
export function CommandPalette({ palette, onShortcuts }: CommandPaletteProps) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  return (
    <Spotlight.Root
      store={palette[0]}
      query={query}
      onQueryChange={setQuery}
      shortcut="mod + K"
      tagsToIgnore={[]}
      size={600}
      yOffset={96}
      centered={false}
      lockScroll={false}
      scrollable
      maxHeight={440}
      overlayProps={{ backgroundOpacity: 0.35 }}
      transitionProps={{ duration: 80, transition: "fade" }}
      attributes={{ content: { "aria-label": t("palette.label") } }}
    >
      <Spotlight.Search
        placeholder={t("palette.placeholder")}
        aria-label={t("palette.placeholder")}
        leftSection={<IconSearch size={16} />}
        size="md"
      />
      <Found query={query} onShortcuts={onShortcuts} />
    </Spotlight.Root>
  );
}

/** Mounted only while the palette is open, so the actions cost nothing otherwise. */
function Found({ query, onShortcuts }: { readonly query: string; readonly onShortcuts: () => void }) {
  const { t } = useTranslation();
  const shellActions = useShellActions(onShortcuts);
  const featureActions = useFeatureActions();
  const found = findActions([...featureActions, ...shellActions], query);
  const groups = GROUPS.map((group) => ({
    group,
    actions: found.filter((action) => action.group === group).slice(0, PER_GROUP),
  })).filter(({ actions }) => actions.length > 0);
  return (
    <Spotlight.ActionsList>
      {groups.map(({ group, actions }) => (
        <Spotlight.ActionsGroup key={group} label={t(`palette.${group}`)}>
          {actions.map((action) => (
            <Entry key={action.id} action={action} />
          ))}
        </Spotlight.ActionsGroup>
      ))}
      {groups.length === 0 && <Spotlight.Empty>{t("palette.nothing")}</Spotlight.Empty>}
    </Spotlight.ActionsList>
  );
}

function Entry({ action }: { readonly action: Action }) {
  return (
    <Spotlight.Action
      className={classes.paletteEntry}
      leftSection={action.icon}
      label={action.label}
      rightSection={<span className={classes.paletteNote}>{action.note}</span>}
      onClick={action.run}
    />
  );
}
