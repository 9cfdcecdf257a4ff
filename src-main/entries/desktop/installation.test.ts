import { expect, test } from "vitest";
import { type InstallationFacts, installationKind } from "./installation.ts";

const FACTS: InstallationFacts = {
  platform: "linux",
  isPackaged: true,
  executable: "/opt/Pilothouse/pilothouse-desktop",
  env: {},
  exists: () => false,
};
const ON_WINDOWS = {
  platform: "win32",
  executable: "C:\\Users\\kim\\AppData\\Local\\Programs\\Pilothouse\\Pilothouse.exe",
} as const;
const UNINSTALLER = "C:\\Users\\kim\\AppData\\Local\\Programs\\Pilothouse\\Uninstall Pilothouse.exe";

test.each<readonly [string, Partial<InstallationFacts>, string | null]>([
  ["from sources", { isPackaged: false, env: { APPIMAGE: "/home/kim/P.AppImage" } }, null],
  ["from a deb, an rpm or an archive", {}, null],
  ["as an AppImage", { env: { APPIMAGE: "/home/kim/P.AppImage" } }, "appimage"],
  ["with a path of an AppImage that is none", { env: { APPIMAGE: "P.AppImage" } }, null],
  ["on macOS", { platform: "darwin", executable: "/Applications/Pilothouse.app/Contents/MacOS/P" }, "dmg"],
  ["by the installer for Windows", { ...ON_WINDOWS, exists: (path) => path === UNINSTALLER }, "nsis"],
  ["by an msi", ON_WINDOWS, null],
  [
    "without being installed",
    { ...ON_WINDOWS, env: { PORTABLE_EXECUTABLE_FILE: "D:\\P.exe" }, exists: () => true },
    null,
  ],
])("a program that runs %s is renewed by itself or not", (_how, facts, kind) => {
  expect(installationKind({ ...FACTS, ...facts })).toBe(kind);
});
