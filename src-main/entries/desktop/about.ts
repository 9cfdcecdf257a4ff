import type { AboutPanelOptionsOptions } from "electron";

export interface AboutFacts {
  readonly platform: NodeJS.Platform;
  readonly version: string;
  /** Of what it runs on, by name. */
  readonly parts: Readonly<Record<"Electron" | "Chromium" | "Node", string | undefined>>;
  readonly iconFile: string;
}

/** The About box: the versions stand where each system shows a line of the program's own. */
export function aboutPanel({ iconFile, parts, platform, version }: AboutFacts): AboutPanelOptionsOptions {
  const own = Object.entries(parts)
    .map(([name, each]) => `${name} ${each ?? "?"}`)
    .join(", ");
  const common = { applicationName: "Pilothouse", applicationVersion: version };
  if (platform === "darwin") return { ...common, version: own };
  if (platform === "win32") return { ...common, credits: own, iconPath: iconFile };
  // GTK's box has no line for it but that of the version.
  return { ...common, applicationVersion: `${version}\n${own}`, iconPath: iconFile };
}
