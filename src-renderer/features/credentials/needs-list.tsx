import { Button } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconHandStop,
  type TablerIcon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Agent } from "#contract/agent.ts";
import { useLiveCredentials, useLiveVariables } from "../../rpc/index.ts";
import { paths, useDialogParam } from "../../workbench/index.ts";
import { findNeeds, type Need, type NeedState } from "./agent-needs.ts";
import classes from "./credentials.module.css";

const ICONS: Record<NeedState, TablerIcon> = {
  ready: IconCircleCheck,
  soon: IconAlertTriangle,
  "not-allowed": IconHandStop,
  expired: IconCircleX,
  missing: IconCircleX,
  "field-missing": IconCircleX,
};

/** What an agent's manifest names of credentials and variables; null until that is known. */
export function useNeeds(agent: Agent): readonly Need[] | null {
  const credentials = useLiveCredentials().data;
  const variables = useLiveVariables().data;
  if (credentials === undefined || variables === undefined) return null;
  return findNeeds(agent.manifest, { agent: agent.name, credentials, variables });
}

/** The credentials and variables an agent names and whether they are there; nothing when it names none. */
export function NeedsList({ agent }: { readonly agent: Agent }) {
  const { t } = useTranslation("credentials");
  const needs = useNeeds(agent);
  if (needs === null || needs.length === 0) return null;
  return (
    <ul className={classes["needs"]} aria-label={t("needs.label")}>
      {needs.map((need) => (
        <NeedRow key={`${need.kind} ${need.name}`} need={need} />
      ))}
    </ul>
  );
}

function NeedRow({ need }: { readonly need: Need }) {
  const { t } = useTranslation("credentials");
  const Icon = ICONS[need.state];
  const address = need.kind === "credential" ? paths.credential(need.name) : paths.variables;
  return (
    <li data-state={need.state}>
      <Icon size={15} aria-hidden="true" />
      <Link to={address}>{need.name}</Link>
      <span className={classes["grow"]}>
        {t(`needs.${need.kind}`)} · {t(`needs.state.${need.state}`, { field: need.field })}
      </span>
      {need.state === "missing" && <AddNeed need={need} />}
    </li>
  );
}

function AddNeed({ need }: { readonly need: Need }) {
  const { t } = useTranslation("credentials");
  const dialog = useDialogParam(need.kind);
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={t("needs.addNamed", { name: need.name })}
      onClick={() => dialog.open(`new:${need.name}`)}
    >
      {t("needs.add")}
    </Button>
  );
}
