import { Kbd, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PLACES } from "../../workbench/index.ts";
import classes from "./shell.module.css";
import { GO_KEYS } from "./use-go-keys.ts";

export interface ShortcutsOverlayProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

type Row = readonly [label: string, keys: readonly string[]];

interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** All keys in one list, opened with `?`. */
export function ShortcutsOverlay({ isOpen, onClose }: ShortcutsOverlayProps) {
  const { t } = useTranslation();
  const groups: readonly Group[] = [
    {
      title: t("shortcuts.everywhere"),
      rows: [
        [t("shortcuts.palette"), ["Ctrl/⌘", "K"]],
        [t("shortcuts.overlay"), ["?"]],
        [t("shortcuts.rail"), ["Ctrl/⌘", "B"]],
        ...PLACES.map((place): Row => {
          const keys = ["G", t("shortcuts.then"), GO_KEYS[place].toUpperCase()];
          return [t("shortcuts.goTo", { place: t(`rail.${place}`) }), keys];
        }),
        [t("shortcuts.close"), ["Esc"]],
      ],
    },
    {
      title: t("shortcuts.tables"),
      rows: [
        [t("shortcuts.rows"), ["↑", "↓"]],
        [t("shortcuts.openRow"), ["Enter"]],
        [t("shortcuts.selectRow"), ["Space"]],
        [t("shortcuts.stopRuns"), ["S"]],
        [t("shortcuts.startRunsAgain"), ["R"]],
        [t("shortcuts.deleteRuns"), ["Delete"]],
      ],
    },
    {
      title: t("shortcuts.containers"),
      rows: [
        [t("shortcuts.containerStop"), ["S"]],
        [t("shortcuts.containerStart"), ["T"]],
        [t("shortcuts.containerRestart"), ["R"]],
        [t("shortcuts.containerPause"), ["P"]],
        [t("shortcuts.containerRename"), ["F2"]],
        [t("shortcuts.containerRemove"), ["Delete"]],
      ],
    },
    {
      title: t("shortcuts.log"),
      rows: [
        [t("shortcuts.logFind"), ["/"]],
        [t("shortcuts.logHits"), ["N", "Shift+N"]],
        [t("shortcuts.logFollow"), ["Space"]],
        [t("shortcuts.logStart"), ["G"]],
        [t("shortcuts.logEnd"), ["Shift+G"]],
        [t("shortcuts.logGoTo"), ["Ctrl+G"]],
        [t("shortcuts.logWrap"), ["W"]],
        [t("shortcuts.logPick"), ["↑", "↓"]],
        [t("shortcuts.logExpand"), ["Enter"]],
        [t("shortcuts.logCopy"), ["C"]],
      ],
    },
  ];
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("shortcuts.title")}
      size="xl"
      closeButtonProps={{ "aria-label": t("dialog.close") }}
    >
      <div className={classes.shortcutGroups}>
        {groups.map(({ title, rows }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl className={classes.shortcuts}>
              {rows.map(([label, keys]) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>
                    {keys.map((key) =>
                      key === t("shortcuts.then") ? <span key={key}>{key}</span> : <Kbd key={key}>{key}</Kbd>,
                    )}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
