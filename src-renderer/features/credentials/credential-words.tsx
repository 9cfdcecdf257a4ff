import { IconAlertTriangle, IconClock, IconClockX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Credential } from "#contract/credential.ts";
import { parts, RelativeTime } from "../../ui/index.ts";
import classes from "./credentials.module.css";

/** When a credential expires; a warning when that is near or past. */
export function Expiry({ credential }: { readonly credential: Credential }) {
  const { t } = useTranslation("credentials");
  const { expiry, expiresAtMs } = credential;
  if (expiresAtMs === null || expiry === "none") return <span className={parts["dimmed"]}>–</span>;
  if (expiry === "valid") return <RelativeTime atMs={expiresAtMs} />;
  const Icon = expiry === "expired" ? IconClockX : IconClock;
  return (
    <span className={classes["expiry"]} data-expiry={expiry}>
      <Icon size={14} aria-hidden="true" />
      {t(`expiry.${expiry}`)} <RelativeTime atMs={expiresAtMs} />
    </span>
  );
}

/** Agents that name it and may not use it. */
export function waitingAgents({ namedBy, allowedAgents }: Credential): Credential["namedBy"] {
  return namedBy.filter((agent) => !allowedAgents.includes(agent));
}

export function Waiting({ credential }: { readonly credential: Credential }) {
  const { t } = useTranslation("credentials");
  const count = waitingAgents(credential).length;
  if (count === 0) return null;
  return (
    <span className={classes["waiting"]}>
      <IconAlertTriangle size={13} aria-hidden="true" />
      {t("list.waiting", { count })}
    </span>
  );
}
