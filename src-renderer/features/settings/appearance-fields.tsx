import { useTranslation } from "react-i18next";
import type { Settings } from "#contract/system.ts";
import { usePreferences } from "../../workbench/index.ts";
import { Choice } from "./choice.tsx";
import classes from "./settings.module.css";

/** Theme, language and rows; take effect at once. */
export function AppearanceFields() {
  const { t } = useTranslation("settings");
  const { settings, change } = usePreferences();
  return (
    <div className={classes.fields}>
      <Choice
        label={t("appearance.scheme")}
        value={settings.colorScheme}
        options={[
          ["system", t("appearance.schemeSystem")],
          ["light", t("appearance.schemeLight")],
          ["dark", t("appearance.schemeDark")],
        ]}
        onChange={(value) => change({ colorScheme: value as Settings["colorScheme"] })}
      />
      <Choice
        label={t("appearance.language")}
        value={settings.language}
        options={[
          ["system", t("appearance.languageSystem")],
          ["en", t("appearance.languageEn")],
          ["ru", t("appearance.languageRu")],
        ]}
        onChange={(value) => change({ language: value as Settings["language"] })}
      />
      <Choice
        label={t("appearance.density")}
        value={settings.density}
        options={[
          ["compact", t("appearance.densityCompact")],
          ["comfortable", t("appearance.densityComfortable")],
        ]}
        onChange={(value) => change({ density: value as Settings["density"] })}
      />
    </div>
  );
}
