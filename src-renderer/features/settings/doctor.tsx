import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DoctorCheck } from "#contract/system.ts";
import { useDoctor } from "../../rpc/index.ts";
import { doctorText, ErrorPanel, Panel, usePhraseWords } from "../../ui/index.ts";
import classes from "./settings.module.css";

const ICONS = { ok: IconCircleCheck, warning: IconAlertTriangle, failed: IconCircleX } as const;
/** Checks with a name in both languages; a new one shows its id until it has one. */
const KNOWN_CHECKS = [
  "system",
  "data-folder",
  "disk-space",
  "database",
  "sqlite",
  "store-recovery",
  "runtime",
  "python",
  "browser",
  "cgroups",
  "clock",
  "orphans",
] as const;
const ORDER = { failed: 0, warning: 1, ok: 2 } as const;

/** What was found, the worst first, each with what to do about it. */
export function Doctor() {
  const { t } = useTranslation("settings");
  const doctor = useDoctor();
  const checks = (doctor.data ?? []).toSorted((a, b) => ORDER[a.status] - ORDER[b.status]);
  return (
    <Panel
      title={t("doctor.title")}
      actions={
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconRefresh size={12} />}
          loading={doctor.isLooking}
          onClick={doctor.refetch}
        >
          {t("doctor.look")}
        </Button>
      }
      isFlush
    >
      {doctor.failure !== null && <ErrorPanel failure={doctor.failure} onRetry={doctor.refetch} isInline />}
      {doctor.isPending && <p className={classes.looking}>{t("doctor.looking")}</p>}
      <ul className={classes.checks}>
        {checks.map((check) => (
          <Check key={check.id} check={check} />
        ))}
      </ul>
    </Panel>
  );
}

function Check({ check }: { readonly check: DoctorCheck }) {
  const { t } = useTranslation("settings");
  const Icon = ICONS[check.status];
  const { found, advice } = doctorText(check, usePhraseWords());
  const known = KNOWN_CHECKS.find((id) => id === check.id);
  return (
    <li className={classes.check} data-status={check.status}>
      <Icon size={18} className={classes.checkIcon} aria-hidden="true" />
      <div>
        <div className={classes.checkHead}>
          <strong>{known === undefined ? check.id : t(`check.${known}`)}</strong>
          <span className={classes.checkWord}>{t(`doctor.${check.status}`)}</span>
        </div>
        <p>{found}</p>
        {advice !== "" && (
          <p className={classes.advice}>
            <span>{t("doctor.advice")}:</span> {advice}
          </p>
        )}
      </div>
    </li>
  );
}
