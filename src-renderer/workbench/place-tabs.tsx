import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { paths } from "./paths.ts";
import classes from "./place-tabs.module.css";

/** Two screens that share a place of the rail: what agents are given, secret and not. */
export function PlaceTabs() {
  const { t } = useTranslation();
  const [location] = useLocation();
  return (
    <nav className={classes["tabs"]} aria-label={t("placeTabs.label")}>
      {(["credentials", "variables"] as const).map((each) => (
        <Link
          key={each}
          to={paths[each]}
          className={classes["tab"]}
          aria-current={location.startsWith(paths[each]) ? "page" : undefined}
        >
          {t(`placeTabs.${each}`)}
        </Link>
      ))}
    </nav>
  );
}
