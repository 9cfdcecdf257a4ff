import { createTheme, type MantineColorsTuple, type MantineThemeOverride } from "@mantine/core";

/** The accent: indigo, apart from every colour that says something about a run. */
const helm: MantineColorsTuple = [
  "#eef0fd",
  "#dcdff9",
  "#b9c0f2",
  "#939eea",
  "#7582e3",
  "#5f6ddc",
  "#4f5dd0",
  "#424fb6",
  "#384395",
  "#2f3978",
];

/** For what cannot be undone; dark enough to be read as text. */
const red: MantineColorsTuple = [
  "#fdf3f3",
  "#f9dcdc",
  "#f2b8ba",
  "#ec9396",
  "#f28b8b",
  "#dc5257",
  "#c02b31",
  "#a82329",
  "#8c1d23",
  "#6f171b",
];

/** Neutral of the light scheme. */
const gray: MantineColorsTuple = [
  "#f8f9fb",
  "#f1f3f6",
  "#e6e9ee",
  "#d9dde4",
  "#c3c9d3",
  "#9aa2b1",
  "#6a7383",
  "#4f5766",
  "#363d49",
  "#1d222b",
];

/** Neutral of the dark scheme, lightest first, as Mantine reads it. */
const dark: MantineColorsTuple = [
  "#d7dbe2",
  "#b4bac6",
  "#969eac",
  "#6f7785",
  "#3b414d",
  "#2f343f",
  "#252a33",
  "#1b1f27",
  "#161920",
  "#101319",
];

/**
 * The look of the program. Mantine's own style elements are off (the page's policy forbids them); a Vite
 * plugin writes the variables of this theme into a style sheet instead (`scripts/theme-css-plugin.ts`).
 */
export const theme: MantineThemeOverride = createTheme({
  colors: { helm, red, gray, dark },
  primaryColor: "helm",
  primaryShade: { light: 6, dark: 6 },
  fontFamily:
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Cantarell, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono', ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "3px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  defaultRadius: "sm",
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px" },
      h2: { fontSize: "16px", lineHeight: "24px" },
      h3: { fontSize: "14px", lineHeight: "20px" },
    },
  },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // Locking the scroll adds a style element; nothing behind a dialog scrolls here anyway.
    Modal: {
      defaultProps: {
        lockScroll: false,
        centered: true,
        padding: "lg",
        overlayProps: { backgroundOpacity: 0.45 },
        transitionProps: { duration: 100 },
      },
    },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 100 } } },
    Popover: { defaultProps: { transitionProps: { duration: 80 } } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: "md" } },
    Tooltip: {
      defaultProps: { openDelay: 400, transitionProps: { duration: 80 }, fz: "xs", withArrow: true },
    },
    Button: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    TextInput: { defaultProps: { size: "sm" } },
    NumberInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", allowDeselect: false } },
    // The room for typing behind the chosen values is small, so that it does not take a line of its own.
    MultiSelect: { styles: { inputField: { minWidth: 24 } } },
    Textarea: { defaultProps: { size: "sm" } },
    Switch: { defaultProps: { size: "sm" } },
    SegmentedControl: { defaultProps: { size: "sm" } },
  },
});
