import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface AutostartPlace {
  /** `XDG_CONFIG_HOME`, or `.config` in the home folder. */
  readonly configFolder: string;
  /** What is started. */
  readonly executable: string;
  readonly args: readonly string[];
}

/** Linux has no call for it: a file in the person's autostart folder says what their session starts. */
export async function writeAutostart(place: AutostartPlace, isOn: boolean): Promise<void> {
  const folder = join(place.configFolder, "autostart");
  const file = join(folder, "pilothouse.desktop");
  if (!isOn) {
    await rm(file, { force: true });
    return;
  }
  await mkdir(folder, { recursive: true });
  await writeFile(file, autostartText(place));
}

function autostartText({ args, executable }: AutostartPlace): string {
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Name=Pilothouse",
    `Exec=${[executable, ...args].map(quoted).join(" ")}`,
    "Terminal=false",
    "X-GNOME-Autostart-enabled=true",
    "",
  ].join("\n");
}

/** As the desktop entry specification wants an argument, with `%` doubled against its field codes. */
function quoted(word: string): string {
  return `"${word
    .replaceAll(/["`$\\]/g, "\\$&")
    .replaceAll("%", "%%")
    .replaceAll("\\", "\\\\")}"`;
}
