import { expect, it } from "vitest";
import { inheritEnvironment } from "./inherited-environment.ts";

it("passes on what finding programs and speaking the user's language needs, and nothing else", () => {
  const host = {
    PATH: "/bin",
    HOME: "/home/a",
    LC_TIME: "de_DE.UTF-8",
    AWS_SECRET_ACCESS_KEY: "canary",
    LD_PRELOAD: "/evil.so",
    NODE_OPTIONS: "--require /evil.js",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/bus",
    SSH_AUTH_SOCK: "/run/ssh",
    HTTPS_PROXY: "http://user:canary@proxy",
    path: "/lower-case-is-another-variable",
    EMPTY: undefined,
  };

  expect(inheritEnvironment(host, "linux")).toEqual({
    PATH: "/bin",
    HOME: "/home/a",
    LC_TIME: "de_DE.UTF-8",
  });
});

it("takes Windows names in any case", () => {
  const host = { Path: "C:\\Windows", SystemRoot: "C:\\Windows", OneDrive: "C:\\x", HOME: "/c/Users/a" };

  expect(inheritEnvironment(host, "win32")).toEqual({ Path: "C:\\Windows", SystemRoot: "C:\\Windows" });
});

it("lets package tools reach their registries, but still sees no other variable", () => {
  const host = {
    https_proxy: "http://proxy",
    PIP_INDEX_URL: "https://pypi",
    npm_config_registry: "r",
    TOKEN: "t",
  };

  expect(inheritEnvironment(host, "linux", "package-tool")).toEqual({
    https_proxy: "http://proxy",
    PIP_INDEX_URL: "https://pypi",
    npm_config_registry: "r",
  });
});
