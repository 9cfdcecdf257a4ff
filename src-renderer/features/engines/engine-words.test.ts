import { expect, test } from "vitest";
import type { Container } from "#contract/engine.ts";
import { imageText, portTexts, shortId, theOne } from "./engine-words.ts";

const port = (containerPort: number, hostPort: number | null, hostAddress = "") => ({
  containerPort,
  hostPort,
  hostAddress,
  protocol: "tcp",
});

test("ports that are published stand first and once, whatever families of addresses they are told for", () => {
  const ports = [
    port(53, null),
    port(80, 8080, "0.0.0.0"),
    port(80, 8080, "::"),
    port(443, 8443, "127.0.0.1"),
  ];

  expect(portTexts({ ports })).toEqual(["8080→80/tcp", "127.0.0.1:8443→443/tcp", "53/tcp"]);
  expect(portTexts({ ports: [port(22, 2222, "::1")] })).toEqual(["[::1]:2222→22/tcp"]);
});

test("ids and digests are shortened, names are not", () => {
  const hex = "0123456789abcdef".repeat(4);

  expect([shortId(hex), shortId(`sha256:${hex}`)]).toEqual(["0123456789ab", "0123456789ab"]);
  expect([imageText(`sha256:${hex}`), imageText(`nginx@sha256:${hex}`), imageText("a/nginx:1")]).toEqual([
    "0123456789ab",
    "nginx@01234567…",
    "a/nginx:1",
  ]);
});

test("a container is named by its name, its id, or as much of its id as no other has", () => {
  const made = (id: string, name: string) => ({ id, name }) as Container;
  const [web, store, odd] = [made("abc123", "web"), made("abd456", "store"), made("fff789", "abc")];
  const all = [web, store, odd];

  expect([theOne(all, "store"), theOne(all, "abd456"), theOne(all, "abc1")]).toEqual([store, store, web]);
  expect(theOne(all, "abc")).toBe(odd);
  expect([theOne(all, "ab"), theOne(all, "123")]).toEqual([undefined, undefined]);
});
