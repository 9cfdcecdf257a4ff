import { IconPlugConnectedX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useConnection } from "../../rpc/index.ts";
import { useFormat } from "../../ui/index.ts";
import classes from "./shell.module.css";

/** Says honestly that the core is gone, and since when; silent otherwise. */
export function CoreBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const { phase, lastLiveAtMs } = useConnection();
  return (
    <div role="status" aria-live="assertive">
      {phase === "gone" && (
        <div className={classes.banner}>
          <IconPlugConnectedX size={18} aria-hidden="true" />
          <div>
            <strong>{t("banner.gone")}</strong>{" "}
            {lastLiveAtMs === null
              ? t("banner.goneNever")
              : t("banner.goneSince", { when: format.timeOfDay(lastLiveAtMs) })}{" "}
            {t("banner.howTo")} <code>pilothouse serve</code>
          </div>
        </div>
      )}
    </div>
  );
}
