import { expect, test } from "vitest";
import { type MachineFacts, PACKAGE_PROGRAMS, planPackages } from "./package-plan.ts";
import { findHostTarget, platformOf } from "./package-target.ts";

const LINUX: MachineFacts = {
  host: { os: "linux", arch: "x64" },
  hasElectron: true,
  mayDownload: false,
  programs: new Set(PACKAGE_PROGRAMS),
};

function made(facts: MachineFacts): readonly string[] {
  return planPackages(facts).flatMap(({ format, obstacle }) => (obstacle === null ? [format] : []));
}

test("without a download a Linux machine makes what its own programs make", () => {
  expect(made(LINUX)).toEqual(["headless", "tar.gz", "deb", "rpm"]);
});

test("without Electron's binary only the headless package is made, and the others say how to get it", () => {
  const facts = { ...LINUX, hasElectron: false, mayDownload: true };

  expect(made(facts)).toEqual(["headless"]);
  expect(planPackages(facts).find(({ format }) => format === "deb")?.obstacle).toContain(
    "npx install-electron",
  );
});

test("each system makes its own packages and names the system that makes the others", () => {
  const on = (os: "win" | "mac") => ({ ...LINUX, host: { os, arch: "arm64" as const }, mayDownload: true });

  expect(made(on("win"))).toEqual(["nsis", "portable", "msi"]);
  expect(made(on("mac"))).toEqual(["dmg", "zip"]);
  expect(planPackages(LINUX).find(({ format }) => format === "msi")?.obstacle).toContain("Windows");
});

test("a format whose program is missing says which", () => {
  const plan = planPackages({ ...LINUX, programs: new Set(["tar", "dpkg-deb"]) });

  expect(plan.find(({ format }) => format === "rpm")?.obstacle).toBe("needs rpmbuild on this machine");
});

test("a machine is the target of its own system and processor", () => {
  const windows = findHostTarget("win32", "x64");

  expect(windows).toEqual({ os: "win", arch: "x64" });
  expect(windows === null ? "" : platformOf(windows)).toBe("win32-x64");
  expect(findHostTarget("freebsd", "x64")).toBeNull();
  expect(findHostTarget("linux", "riscv64")).toBeNull();
});
