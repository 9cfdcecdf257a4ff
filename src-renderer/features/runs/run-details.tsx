import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { LimitReport, Run } from "#contract/run.ts";
import { useSystemInfo } from "../../rpc/index.ts";
import {
  CopyButton,
  createUnitWords,
  type Fact,
  type Format,
  JsonView,
  KeyValueList,
  limitText,
  Mono,
  useFormat,
  usePhraseWords,
} from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";
import { RunKeeping } from "./run-keeping.tsx";
import css from "./run-page.module.css";

/** Everything else there is to know about a run. */
export function RunDetails({ run }: { readonly run: Run }) {
  const { t } = useTranslation("runs");
  return (
    <>
      <section className={css["block"]}>
        <h2 className={css["blockTitle"]}>{t("details.ids")}</h2>
        <KeyValueList facts={useFacts(run)} />
      </section>
      <section className={css["block"]}>
        <h2 className={css["blockTitle"]}>{t("details.limits")}</h2>
        {run.limits.length === 0 ? (
          <p className={css["hint"]}>{t("details.noLimits")}</p>
        ) : (
          <ul className={css["limits"]}>
            {run.limits.map((limit) => (
              <Limit key={limit.limit} report={limit} />
            ))}
          </ul>
        )}
      </section>
      <section className={css["block"]}>
        <h2 className={css["blockTitle"]}>
          {t("details.input")} <CopyButton value={run.inputJson} label={t("details.copyInput")} />
        </h2>
        <JsonView json={run.inputJson} />
      </section>
      <RunKeeping run={run} />
    </>
  );
}

function useFacts(run: Run): readonly Fact[] {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const dataFolder = useSystemInfo().data?.dataFolder ?? null;
  const copied = (value: string) => (
    <span className={css["copied"]}>
      <Mono>{value}</Mono>
      <CopyButton value={value} />
    </span>
  );
  const facts: Fact[] = [{ key: "run", label: t("details.runId"), value: copied(run.id) }];
  if (run.release !== null)
    facts.push({ key: "release", label: t("fact.release"), value: copied(run.release) });
  if (run.previousRunId !== null)
    facts.push({
      key: "previous",
      label: t("previousRun"),
      value: <Link href={paths.run(run.previousRunId)}>{run.previousRunId}</Link>,
    });
  facts.push({ key: "door", label: t("details.door"), value: t(`door.${run.door}`) });
  facts.push({ key: "created", label: t("details.created"), value: format.exact(run.createdAtMs) });
  if (run.startedAtMs !== null)
    facts.push({ key: "started", label: t("fact.started"), value: format.exact(run.startedAtMs) });
  if (run.endedAtMs !== null)
    facts.push({ key: "ended", label: t("details.ended"), value: format.exact(run.endedAtMs) });
  if (run.pid !== null) facts.push({ key: "pid", label: t("details.pid"), value: copied(String(run.pid)) });
  if (run.port !== null)
    facts.push({ key: "port", label: t("details.port"), value: copied(String(run.port)) });
  if (dataFolder !== null)
    facts.push({ key: "work", label: t("details.workFolder"), value: copied(folderOf(dataFolder, run)) });
  return facts;
}

/** The separator of the computer the core runs on is the one its own paths are written with. */
function folderOf(dataFolder: string, run: Run): string {
  const separator = dataFolder.includes("\\") ? "\\" : "/";
  return [dataFolder, "runs", run.id, "work"].join(separator);
}

function Limit({ report }: { readonly report: LimitReport }) {
  const { t } = useTranslation("runs");
  const words = usePhraseWords();
  return (
    <li className={css["limit"]} data-enforced={report.isEnforced}>
      <span className={css["limitMark"]} aria-hidden="true">
        {report.isEnforced ? "✓" : "!"}
      </span>
      <span>
        <strong>{t(`limit.${report.limit}`, { wanted: wantedText(report, words.format) })}</strong>
        <span className={css["stepReason"]}>
          {report.isEnforced ? t("limit.enforced") : t("limit.notEnforced")}: {limitText(report, words)}
        </span>
      </span>
    </li>
  );
}

/** What the manifest asks for, as the language writes it. */
function wantedText({ limit, wanted }: LimitReport, format: Format): string {
  const units = createUnitWords(format);
  if (limit === "memory") return units.size(wanted);
  if (limit === "timeout") return units.duration(wanted);
  return Number.isNaN(Number(wanted)) ? wanted : units.number(Number(wanted), 2);
}
