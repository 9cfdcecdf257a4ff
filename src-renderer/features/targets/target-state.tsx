import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Target } from "#contract/target.ts";
import classes from "./targets.module.css";

const ICON_SIZE = 14;

/** Whether a target can be used, by colour, shape and word. */
export function TargetState({ target }: { readonly target: Target }) {
  const { t } = useTranslation("targets");
  const { probe } = target;
  if (probe === null) {
    return (
      <span className={classes.state} data-tone="grey">
        <IconCircleDashed size={ICON_SIZE} aria-hidden="true" />
        {t("state.unknown")}
      </span>
    );
  }
  if (!probe.isReachable) {
    return (
      <span className={classes.state} data-tone="red">
        <IconCircleX size={ICON_SIZE} aria-hidden="true" />
        {t("state.unreachable")}
      </span>
    );
  }
  if (probe.warnings.length > 0) {
    return (
      <span className={classes.state} data-tone="amber">
        <IconAlertTriangle size={ICON_SIZE} aria-hidden="true" />
        {t("state.warnings", { count: probe.warnings.length })}
      </span>
    );
  }
  return (
    <span className={classes.state} data-tone="green">
      <IconCircleCheck size={ICON_SIZE} aria-hidden="true" />
      {t("state.ready")}
    </span>
  );
}

/** Name of a target as people know it: this computer is translated, others carry their own names. */
export function useTargetName(): (target: Pick<Target, "id" | "name">) => string {
  const { t } = useTranslation("targets");
  return (target) => (target.id === "this-computer" ? t("thisComputer") : target.name);
}
