import { useTranslation } from "react-i18next";
import type { CredentialWarning } from "#contract/credential.ts";
import { showDone } from "../../workbench/index.ts";

/** Says in passing what a person should know about a change that was made. */
export function useWarn(): (warnings: readonly CredentialWarning[]) => void {
  const { t } = useTranslation("credentials");
  return (warnings) => {
    for (const { code, field, runs } of warnings) {
      if (code === "too-short-to-mask") showDone(t("warning.short", { field }));
      else showDone(t("warning.oldValue", { count: runs }));
    }
  };
}
