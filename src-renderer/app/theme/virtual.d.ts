/** Variables of the theme, written by `scripts/theme-css-plugin.ts`. */
declare module "virtual:theme-variables.css";
