import { ActionIcon } from "@mantine/core";
import { IconSearch, IconWindowMaximize } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { paths } from "../../workbench/index.ts";
import { AttentionBell } from "./attention-bell.tsx";
import type { Screen } from "./find-screen.ts";
import { openWindow } from "./open-window.ts";
import classes from "./shell.module.css";

export interface TopBarProps {
  readonly screen: Screen | null;
  readonly onSearch: () => void;
}

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Where am I, the search field, and what needs a person. */
export function TopBar({ screen, onSearch }: TopBarProps) {
  const { t } = useTranslation();
  return (
    <header className={classes.topBar}>
      <nav aria-label={t("top.where")} className={classes.crumbs}>
        {screen?.place != null && (
          <Link to={paths[screen.place]} aria-current={screen.crumb === null ? "page" : undefined}>
            {t(`rail.${screen.place}`)}
          </Link>
        )}
        {screen?.crumb != null && (
          <>
            <span aria-hidden="true">/</span>
            <span aria-current="page" className={classes.crumb}>
              {screen.crumb}
            </span>
          </>
        )}
      </nav>
      <button type="button" className={classes.search} onClick={onSearch}>
        <IconSearch size={14} aria-hidden="true" />
        <span>{t("top.search")}</span>
        <kbd>{isApple ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      <div className={classes.topEnd}>
        <ActionIcon size="lg" aria-label={t("top.newWindow")} title={t("top.newWindow")} onClick={openWindow}>
          <IconWindowMaximize size={18} stroke={1.6} aria-hidden="true" />
        </ActionIcon>
        <AttentionBell />
      </div>
    </header>
  );
}
