import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Engine } from "#contract/engine.ts";
import { useSystemInfo } from "../../rpc/index.ts";
import { CommandLine, CopyButton, RelativeTime } from "../../ui/index.ts";
import css from "./engines.module.css";
import { startAdvice } from "./start-advice.ts";

interface EngineTroubleProps {
  readonly engine: Engine;
  readonly onLook: () => void;
  readonly isLooking: boolean;
}

/** Says that an engine does not answer, since when, and what starts it again. */
export function EngineTrouble({ engine, onLook, isLooking }: EngineTroubleProps) {
  const { t } = useTranslation("engines");
  const info = useSystemInfo().data;
  const advice = startAdvice(info?.platform ?? "", engine);
  const report = [
    `engine: ${engine.id}`,
    `address: ${engine.address}`,
    `product: ${engine.product} ${engine.version}`,
    `problem: ${engine.problem ?? ""}`,
  ].join("\n");
  return (
    <section className={css["trouble"]} role="alert">
      <IconAlertTriangle size={20} aria-hidden="true" />
      <div className={css["troubleText"]}>
        <strong>{t("trouble.title", { engine: engine.id })}</strong>
        <p>
          {engine.answeredAtMs === null ? (
            t("trouble.never")
          ) : (
            <>
              {t("trouble.old")} <RelativeTime atMs={engine.answeredAtMs} />.
            </>
          )}
        </p>
        <p>{engine.isLocal ? t(`advice.${advice.text}`) : t("trouble.remote")}</p>
        {engine.isLocal && advice.command !== null && <CommandLine command={advice.command} />}
        <div className={css["troubleActs"]}>
          <Button loading={isLooking} onClick={onLook}>
            {t("trouble.look")}
          </Button>
          <CopyButton isText value={report} label={t("trouble.copy")} />
          {engine.problem !== null && <span className={css["problem"]}>{engine.problem}</span>}
        </div>
      </div>
    </section>
  );
}
