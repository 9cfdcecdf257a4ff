import { describe, expect, test } from "vitest";
import { networkSettingsSchema } from "#contract/network.ts";
import { proxyFor } from "./proxy-choice.ts";

const PROXY = "http://proxy.example.com:3128";

describe("the proxy", () => {
  test.each([
    { host: "build.example.com", exceptions: [], isUsed: true },
    { host: "192.0.2.7", exceptions: [], isUsed: true },
    { host: "2001:db8::7", exceptions: [], isUsed: true },
    { host: "localhost", exceptions: [], isUsed: false },
    { host: "127.0.0.1", exceptions: [], isUsed: false },
    { host: "127.9.9.9", exceptions: [], isUsed: false },
    { host: "[::1]", exceptions: [], isUsed: false },
    { host: "127.0.0.1.example.com", exceptions: [], isUsed: true },
    { host: "Build.Example.com", exceptions: ["build.example.com"], isUsed: false },
    { host: "a.build.example.com", exceptions: ["build.example.com"], isUsed: true },
    { host: "a.build.example.com", exceptions: [".example.com"], isUsed: false },
    { host: "example.com", exceptions: [".example.com"], isUsed: false },
    { host: "badexample.com", exceptions: [".example.com"], isUsed: true },
  ])("for $host without $exceptions is used: $isUsed", ({ exceptions, host, isUsed }) => {
    const choice = proxyFor(host, { proxy: PROXY, proxyExceptions: exceptions });

    expect(choice).toEqual(isUsed ? { host: "proxy.example.com", port: 3128 } : null);
  });

  test("is none when none is set, and has port 80 when it names none", () => {
    expect(proxyFor("example.com", { proxy: "", proxyExceptions: [] })).toBeNull();
    expect(proxyFor("example.com", { proxy: "http://[2001:db8::1]", proxyExceptions: [] })).toEqual({
      host: "2001:db8::1",
      port: 80,
    });
  });
});

describe("the network settings", () => {
  const settings = { proxy: "", proxyExceptions: [], caFile: "" };

  test.each(["", PROXY, "http://10.0.0.1", "http://[2001:db8::1]:3128"])("take the proxy %j", (proxy) => {
    expect(networkSettingsSchema.safeParse({ ...settings, proxy }).success).toBe(true);
  });

  test.each([
    "proxy.example.com:3128",
    "https://proxy.example.com",
    "socks5://proxy.example.com",
    "http://kim:secret@proxy.example.com",
    "http://proxy.example.com/path",
    "http://proxy.example.com:3128\r\nX: y",
    "http://",
    "http://-bad",
  ])("refuse the proxy %j", (proxy) => {
    expect(networkSettingsSchema.safeParse({ ...settings, proxy }).success).toBe(false);
  });

  test.each(["", "*", "a b", "http://example.com", ".."])("refuse the exception %j", (exception) => {
    expect(networkSettingsSchema.safeParse({ ...settings, proxyExceptions: [exception] }).success).toBe(
      false,
    );
  });
});
