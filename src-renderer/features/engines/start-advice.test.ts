import { expect, test } from "vitest";
import { installCommand, startAdvice } from "./start-advice.ts";

const engine = { product: "docker", address: "unix:///var/run/docker.sock", isRootless: false } as const;
const commandFor = (platform: string, change: Partial<Parameters<typeof startAdvice>[1]> = {}) =>
  startAdvice(platform, { ...engine, ...change }).command;

test("an engine is started as its product, its owner and the system want it", () => {
  expect(commandFor("linux x64")).toBe("sudo systemctl start docker");
  expect(commandFor("linux x64", { isRootless: true })).toBe("systemctl --user start docker");
  expect(commandFor("linux x64", { product: "podman" })).toBe("sudo systemctl start podman.socket");
  expect(commandFor("darwin arm64")).toBeNull();
  expect(commandFor("win32 x64", { product: "podman" })).toBe("podman machine start");
});

test("an engine that never answered is known by its address", () => {
  const address = "unix:///run/user/1000/podman/podman.sock";

  expect(commandFor("linux x64", { product: "unknown", address })).toBe(
    "systemctl --user start podman.socket",
  );
});

test("a first engine is installed by a command where there is one", () => {
  expect([installCommand("linux x64"), installCommand("darwin arm64")]).toEqual([
    "sudo apt install podman",
    null,
  ]);
});
