import type { TablerIcon } from "@tabler/icons-react";
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconHourglass, IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { VaultState } from "#contract/vault.ts";
import classes from "./vault.module.css";
import { toneOf } from "./vault-view.ts";

const ICONS: Record<VaultState, TablerIcon> = {
  unlocked: IconCircleCheck,
  locked: IconLock,
  absent: IconCircleDashed,
  hung: IconHourglass,
  denied: IconCircleX,
};

/** State of a store by colour, shape and word. */
export function VaultStateBadge({ state }: { readonly state: VaultState }) {
  const { t } = useTranslation("vault");
  const Icon = ICONS[state];
  return (
    <span className={classes["state"]} data-tone={toneOf(state)}>
      <Icon size={14} aria-hidden="true" />
      {t(`state.${state}`)}
    </span>
  );
}
