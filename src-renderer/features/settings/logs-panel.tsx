import { useTranslation } from "react-i18next";
import { ErrorPanel, Panel } from "../../ui/index.ts";
import { LogLimitFields, LogTidy, useLogKeeping } from "../../workbench/index.ts";
import classes from "./settings.module.css";

/** How long logs are kept; pinned ones and those of live runs always are. */
export function LogsPanel() {
  const { t } = useTranslation("log");
  const keeping = useLogKeeping();
  if (keeping.failure !== null) return <ErrorPanel failure={keeping.failure} onRetry={keeping.refetch} />;
  if (keeping.data === undefined) return null;
  return (
    <Panel title={t("keeping.title")}>
      <div className={classes.fields}>
        <LogLimitFields keeping={keeping.data} />
        <LogTidy keeping={keeping.data} />
      </div>
    </Panel>
  );
}
