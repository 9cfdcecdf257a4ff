import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useLiveEngines } from "../../rpc/index.ts";
import { StatusPopover } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";
import { EngineBadge } from "./container-state.tsx";
import css from "./engines.module.css";

/** Container engines in the status bar; nothing where there is none. */
export function EnginesStatusItem() {
  const { t } = useTranslation("engines");
  const engines = useLiveEngines().data ?? [];
  if (engines.length === 0) return null;
  const silent = engines.filter(({ state }) => state === "not-answering").length;
  const label =
    silent === 0 ? t("status.ready", { count: engines.length }) : t("status.silent", { count: silent });
  return (
    <StatusPopover tone={silent === 0 ? "ok" : "failed"} label={`${t("status.engines")}: ${label}`}>
      <ul className={css["statusList"]}>
        {engines.map((engine) => (
          <li key={engine.id}>
            <Link to={paths.engine(engine.id)}>{engine.id}</Link>
            <EngineBadge engine={engine} />
          </li>
        ))}
      </ul>
    </StatusPopover>
  );
}
