import { expect, test } from "vitest";
import { parseEngineAddress } from "./engine-address.ts";

test.each([
  ["unix:///run/docker.sock", { kind: "socket", path: "/run/docker.sock" }],
  ["npipe:////./pipe/docker_engine", { kind: "socket", path: "\\\\.\\pipe\\docker_engine" }],
  ["tcp://10.0.0.5:4444", { kind: "tcp", host: "10.0.0.5", port: 4444, tls: null }],
  ["tcp://[::1]", { kind: "tcp", host: "::1", port: 2375, tls: null }],
  ["https://engine.example", { kind: "tcp", host: "engine.example", port: 2376, tls: {} }],
  ["ssh://me@host:2222", { kind: "ssh", user: "me", host: "host", port: 2222 }],
])("%s is understood", (text, address) => {
  expect(parseEngineAddress(text)).toEqual(address);
});

test.each(["", "unix://", "/run/docker.sock", "ftp://host", "ssh://-oProxyCommand=x", "ssh://-l@host"])(
  "%s is refused",
  (text) => {
    expect(() => parseEngineAddress(text)).toThrow(expect.objectContaining({ code: "usage.invalid" }));
  },
);

test("a client certificate makes the plain scheme a connection with TLS on its own port", () => {
  const tls = { ca: "CA" };
  expect(parseEngineAddress("tcp://host", tls)).toEqual({ kind: "tcp", host: "host", port: 2376, tls });
});
