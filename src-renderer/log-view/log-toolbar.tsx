import { ActionIcon, Menu } from "@mantine/core";
import {
  IconCheck,
  IconClock,
  IconHash,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconTextWrap,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { useFormat } from "../ui/index.ts";
import { BarButton } from "./bar-button.tsx";
import { FindBar, FindButton } from "./find-bar.tsx";
import type { FindStore } from "./find-in-log.ts";
import { TIME_COLUMNS, type TimeColumn } from "./line-time.ts";
import css from "./log-bars.module.css";
import type { LogViewStore } from "./log-view-store.ts";

interface LogToolbarProps {
  readonly store: LogViewStore;
  readonly find: FindStore;
  /** Whether the rows are only those that fit. */
  readonly isFiltered: boolean;
  readonly timeColumn: TimeColumn;
  readonly onTimeColumn: (column: TimeColumn) => void;
  readonly isWrapped: boolean;
  readonly onWrap: () => void;
  readonly onAskLine: () => void;
  readonly onToggleFollow: () => void;
  readonly onLeaveFind: () => void;
  /** Stands before the buttons: the filter. */
  readonly filter: ReactNode;
  /** Further buttons. */
  readonly children?: ReactNode;
}

export function LogToolbar(props: LogToolbarProps) {
  const { t } = useTranslation("log");
  const format = useFormat();
  const status = useStore(props.store, (state) => state.status);
  const lineCount = useStore(props.store, (state) => state.lineCount);
  const isFollowing = useStore(props.store, (state) => state.isFollowing);
  const isFindOpen = useStore(props.find, (state) => state.isOpen);
  const shown = status === "live" && !isFollowing ? "paused" : status;
  const count = { count: lineCount, shown: format.number(lineCount) };
  return (
    <div className={css["bars"]} role="toolbar" aria-label={t("toolbar")}>
      <div className={css["bar"]}>
        <span className={css["status"]} data-status={shown}>
          <span className={css["dot"]} aria-hidden="true" />
          {t(`status.${shown}`)}
        </span>
        <span className={css["count"]}>{props.isFiltered ? t("linesFit", count) : t("lines", count)}</span>
        <span className={css["barSpace"]} />
        {!isFindOpen && <FindButton find={props.find} />}
        {props.filter}
        {status !== "ended" && (
          <BarButton
            label={isFollowing ? t("pause") : t("follow")}
            isOn={isFollowing}
            icon={isFollowing ? <IconPlayerPauseFilled size={14} /> : <IconPlayerPlayFilled size={14} />}
            onClick={props.onToggleFollow}
          />
        )}
        <BarButton label={t("goToLabel")} icon={<IconHash size={16} />} onClick={props.onAskLine} />
        <BarButton
          label={t("wrap")}
          isOn={props.isWrapped}
          icon={<IconTextWrap size={16} />}
          onClick={props.onWrap}
        />
        <TimeColumnMenu column={props.timeColumn} onChange={props.onTimeColumn} />
        {props.children}
      </div>
      {isFindOpen && <FindBar find={props.find} onLeave={props.onLeaveFind} />}
    </div>
  );
}

interface TimeColumnMenuProps {
  readonly column: TimeColumn;
  readonly onChange: (column: TimeColumn) => void;
}

function TimeColumnMenu({ column, onChange }: TimeColumnMenuProps) {
  const { t } = useTranslation("log");
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          size="sm"
          variant={column === "none" ? "subtle" : "light"}
          aria-label={t("timeColumn")}
          title={t("timeColumn")}
        >
          <IconClock size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {TIME_COLUMNS.map((each) => (
          <Menu.Item
            key={each}
            aria-current={each === column || undefined}
            leftSection={each === column ? <IconCheck size={14} /> : <span className={css["noMark"]} />}
            onClick={() => onChange(each)}
          >
            {t(`time.${each}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
