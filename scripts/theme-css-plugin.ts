import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from "@mantine/core";
import type { Plugin } from "vite";
import { theme } from "../src-renderer/app/theme/theme.ts";

const NAME = "virtual:theme-variables.css";
const RESOLVED = `\0${NAME}`;

/** The variables of the theme as a style sheet: what MantineProvider would otherwise put into a style element. */
export function themeVariablesCss(): string {
  const variables = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  return convertCssVariables({
    variables: variables.variables,
    dark: { ...variables.dark, "--mantine-color-scheme": "dark" },
    light: { ...variables.light, "--mantine-color-scheme": "light" },
  });
}

/** Serves `import "virtual:theme-variables.css"`, so that the page needs no style element of its own. */
export function themeCss(): Plugin {
  return {
    name: "pilothouse-theme-css",
    resolveId: (id) => (id === NAME ? RESOLVED : null),
    load: (id) => (id === RESOLVED ? themeVariablesCss() : null),
  };
}
