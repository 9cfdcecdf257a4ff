import type { WebFrameMain } from "electron";
import { describe, expect, test } from "vitest";
import { isPagePath } from "#contract/desktop-bridge.ts";
import { findLink, pathOfLink } from "./deep-link.ts";
import { isOurPage } from "./guards.ts";
import { outsideAddress } from "./outside-address.ts";
import { isPageAddress } from "./page-address.ts";

describe("addresses of the page", () => {
  test.each(["app://pilothouse/", "app://pilothouse/runs/0k3", "app://pilothouse/index.html?x=1"])(
    "%s is ours",
    (address) => {
      expect(isPageAddress(address)).toBe(true);
    },
  );

  test.each([
    "app://pilothouse.evil/",
    "app://evil/pilothouse",
    "app://user@pilothouse/",
    "app://pilothouse:80/",
    "apps://pilothouse/",
    "https://pilothouse/",
    "file:///app://pilothouse/",
    "javascript:alert(1)//app://pilothouse/",
    "not an address",
  ])("%s is not", (address) => {
    expect(isPageAddress(address)).toBe(false);
  });
});

describe("links from outside", () => {
  test.each([
    ["pilothouse://runs/0k3abcdefghijk12", "/runs/0k3abcdefghijk12"],
    ["pilothouse://agents/price-watcher", "/agents/price-watcher"],
    ["pilothouse://bridge", "/bridge"],
    ["pilothouse://bridge/", "/bridge"],
  ])("%s opens %s", (link, path) => {
    expect(pathOfLink(link)).toBe(path);
    expect(isPagePath(path)).toBe(true);
  });

  test.each([
    "pilothouse://agents/price-watcher?start=price-watcher",
    "pilothouse://agents?add=folder&folder=/etc",
    "pilothouse://runs/../settings",
    "pilothouse://runs/0k3a/stop",
    "pilothouse://runs/%2e%2e",
    "pilothouse://settings#now",
    "pilothouse://user@runs/0k3abcdef",
    "pilothouse://constructor",
    "pilothouse:runs",
    "https://runs/0k3abcdef",
    `pilothouse://agents/${"a".repeat(300)}`,
  ])("%s opens nothing", (link) => {
    expect(pathOfLink(link)).toBeNull();
  });

  test("the link is found among other arguments", () => {
    expect(findLink(["pilothouse", "--type=x", "pilothouse://runs"])).toBe("pilothouse://runs");
    expect(findLink(["pilothouse", "/home/kim/pilothouse"])).toBeNull();
  });
});

describe("addresses for other programs", () => {
  test.each(["https://example.org/a?b#c", "http://127.0.0.1:8080/", "mailto:kim@example.org"])(
    "%s is handed on",
    (address) => {
      expect(outsideAddress(address)).toBe(address);
    },
  );

  test.each([
    "file:///etc/passwd",
    "https://kim:secret@example.org/",
    "javascript:alert(1)",
    "ms-settings:privacy",
    "smb://server/share",
    "app://pilothouse/",
    "//example.org",
    "",
  ])("%s is not", (address) => {
    expect(outsideAddress(address)).toBeNull();
  });
});

describe("the sender of a message", () => {
  const origin = "app://pilothouse";

  test("is our page itself", () => {
    expect(isOurPage({ origin, parent: null })).toBe(true);
  });

  test("is no frame in it, no other page, and nobody who is gone", () => {
    const senders = [
      null,
      { origin: "null", parent: null },
      { origin: "app://evil", parent: null },
      { origin: "https://example.org", parent: null },
      { origin, parent: {} as WebFrameMain },
    ] as const;

    expect(senders.map((sender) => isOurPage(sender as Parameters<typeof isOurPage>[0]))).toEqual(
      senders.map(() => false),
    );
  });
});
