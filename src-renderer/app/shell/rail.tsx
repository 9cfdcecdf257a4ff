import { Tooltip } from "@mantine/core";
import {
  IconHistory,
  IconKey,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconLogs,
  IconPlayerPlay,
  IconRobot,
  IconServer2,
  IconSettings,
  IconSteeringWheel,
  type TablerIcon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { PLACES, type Place, paths, usePreferences } from "../../workbench/index.ts";
import logo from "../icon.svg";
import classes from "./shell.module.css";

const ICONS: Record<Place, TablerIcon> = {
  bridge: IconSteeringWheel,
  agents: IconRobot,
  runs: IconPlayerPlay,
  logs: IconLogs,
  targets: IconServer2,
  credentials: IconKey,
  audit: IconHistory,
  settings: IconSettings,
};

interface RailProps {
  readonly place: Place | null;
  /** Only icons are shown. */
  readonly isFolded: boolean;
  /** The window has no room for more than icons. */
  readonly isForced: boolean;
}

/** The places of the program, with names; folded to icons when the person wants the room. */
export function Rail({ place, isFolded, isForced }: RailProps) {
  const { t } = useTranslation();
  const { settings, change } = usePreferences();
  const toggleLabel = isFolded ? t("rail.expand") : t("rail.collapse");
  const ToggleIcon = isFolded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <nav className={classes.rail} aria-label={t("rail.label")}>
      <div className={classes.brand}>
        <img src={logo} alt="" className={classes.logo} />
        {!isFolded && <span>{t("app.name")}</span>}
      </div>
      <div className={classes.railLinks}>
        {PLACES.map((each) => {
          const Icon = ICONS[each];
          return (
            <Tooltip key={each} label={t(`rail.${each}`)} position="right" disabled={!isFolded}>
              <Link
                to={paths[each]}
                className={classes.railLink}
                data-last={each === "settings" || undefined}
                aria-current={each === place ? "page" : undefined}
                aria-label={t(`rail.${each}`)}
              >
                <Icon size={18} stroke={1.6} aria-hidden="true" />
                {!isFolded && <span>{t(`rail.${each}`)}</span>}
              </Link>
            </Tooltip>
          );
        })}
      </div>
      {!isForced && (
        <Tooltip label={toggleLabel} position="right" disabled={!isFolded}>
          <button
            type="button"
            className={classes.railLink}
            aria-label={toggleLabel}
            aria-expanded={!isFolded}
            onClick={() => change({ isRailCollapsed: !settings.isRailCollapsed })}
          >
            <ToggleIcon size={18} stroke={1.6} aria-hidden="true" />
          </button>
        </Tooltip>
      )}
    </nav>
  );
}
