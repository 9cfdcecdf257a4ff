import { IconCheck, IconCircleDashed, IconHandStop, IconX, type TablerIcon } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { AuditEntry, AuditOutcome } from "#contract/audit.ts";
import { CONTAINER_CONSENTS } from "#contract/engine.ts";
import { agentNameSchema, THIS_COMPUTER } from "#contract/ids.ts";
import { SECRET_STORES } from "#contract/vault.ts";
import { paths } from "../../workbench/index.ts";
import classes from "./audit.module.css";

const ICONS: Record<AuditOutcome, TablerIcon> = {
  begun: IconCircleDashed,
  done: IconCheck,
  failed: IconX,
  refused: IconHandStop,
};

/** What became of an act, by colour, shape and word. */
export function Outcome({ outcome }: { readonly outcome: AuditOutcome }) {
  const { t } = useTranslation("audit");
  const Icon = ICONS[outcome];
  return (
    <span className={classes["outcome"]} data-outcome={outcome}>
      <Icon size={14} aria-hidden="true" />
      {t(`outcome.${outcome}`)}
    </span>
  );
}

/** What the act was on, as a link where there is a screen for it. */
export function Subject({ entry: { action, subject } }: { readonly entry: AuditEntry }) {
  const { t } = useTranslation(["vault", "audit"]);
  if (action === "network.change") return <Link to={paths.settings}>{t("audit:networkSubject")}</Link>;
  if (action.startsWith("credential.")) return <Link to={paths.credential(subject)}>{subject}</Link>;
  if (action === "consent.change")
    return <Link to={paths.agent(agentNameSchema.parse(subject))}>{subject}</Link>;
  if (action.startsWith("variable.")) return <Link to={paths.variables}>{subject}</Link>;
  const store = SECRET_STORES.find((each) => each === subject);
  const text = store === undefined ? subject : t(`store.${store}`);
  return <span title={text}>{text}</span>;
}

/** Details that have a name in the language of the page; others are shown as the core calls them. */
const KNOWN_DETAILS = [
  "agent",
  "allow",
  "caFile",
  "code",
  "field",
  "fields",
  "file",
  "given",
  "isOn",
  "kind",
  "proxy",
  "proxyExceptions",
  "removesFile",
  "run",
  "sink",
  "taken",
  "target",
  "where",
] as const;

export interface AuditDetail {
  readonly key: string;
  readonly label: string;
  readonly value: string;
}

/** What an entry says beyond its columns; what is empty is left out. */
export function useAuditDetails(): (entry: AuditEntry) => readonly AuditDetail[] {
  const { t } = useTranslation("audit");
  return ({ details }) =>
    Object.entries(details)
      .filter(([, value]) => value !== "")
      .map(([key, value]) => {
        const known = KNOWN_DETAILS.find((each) => each === key);
        const text = key === "given" || key === "taken" ? consentsText(value, t) : valueText(value, t);
        return { key, label: known === undefined ? key : t(`detail.${known}`), value: text };
      });
}

function valueText(value: string | number | boolean, t: TFunction<"audit">): string {
  if (typeof value === "boolean") return t(value ? "detail.yes" : "detail.no");
  return value === THIS_COMPUTER ? t("detail.thisComputer") : String(value);
}

function consentsText(value: string | number | boolean, t: TFunction<"audit">): string {
  const given = String(value).split(" ");
  return CONTAINER_CONSENTS.filter((each) => given.includes(each))
    .map((each) => t(`detail.consent.${each}`))
    .join(", ");
}
