import { IconPlus, IconVariable } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useLiveVariables } from "../../rpc/index.ts";
import { type Action, type Feature, paths, useDialogParam } from "../../workbench/index.ts";
import { VariableDialog } from "./variable-dialog.tsx";
import { variableKey } from "./variable-value.ts";
import { VariablesPage } from "./variables-page.tsx";

const ICON_SIZE = 16;

/** Commands of this feature: go to the variables, add and open them. */
export function useVariableActions(): readonly Action[] {
  const { t } = useTranslation("variables");
  const [, navigate] = useLocation();
  const dialog = useDialogParam("variable");
  const variables = useLiveVariables().data ?? [];
  return [
    {
      id: "variables.go",
      group: "navigate",
      label: t("actions.go"),
      icon: <IconVariable size={ICON_SIZE} />,
      run: () => navigate(paths.variables),
    },
    {
      id: "variables.add",
      group: "secrets",
      label: t("actions.add"),
      icon: <IconPlus size={ICON_SIZE} />,
      run: () => dialog.open("new"),
    },
    ...variables.map(
      (variable): Action => ({
        id: `variables.open:${variableKey(variable)}`,
        group: "secrets",
        label: t("actions.open", { name: variable.name }),
        note: variable.agent ?? t("scope.all"),
        icon: <IconVariable size={ICON_SIZE} />,
        run: () => navigate(`${paths.variables}?show=${variableKey(variable)}`),
      }),
    ),
  ];
}

/** Variables: values that are no secret, for all agents or for one. */
export const variablesFeature: Feature = {
  id: "variables",
  place: "credentials",
  Overlays: VariableDialog,
  routes: [{ pattern: paths.variables, crumb: () => <VariablesCrumb />, render: () => <VariablesPage /> }],
};

function VariablesCrumb() {
  const { t } = useTranslation("variables");
  return t("title");
}
