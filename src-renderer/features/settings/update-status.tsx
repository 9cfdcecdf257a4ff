import { useTranslation } from "react-i18next";
import { useLiveUpdate } from "../../rpc/index.ts";
import { StatusLink } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";

/** In the status bar once there is a newer version, and nothing before. */
export function UpdateStatusItem() {
  const { t } = useTranslation("settings");
  const state = useLiveUpdate().data;
  if (state?.kind !== "available" && state?.kind !== "ready") return null;
  return (
    <StatusLink to={paths.settings} tone="warning">
      {t(state.kind === "ready" ? "updates.statusReady" : "updates.statusAvailable", {
        version: state.version,
      })}
    </StatusLink>
  );
}
