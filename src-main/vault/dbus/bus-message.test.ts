import { expect, test } from "vitest";
import { busPaths } from "./bus-address.ts";
import { decodeMessage, encodeCall } from "./bus-message.ts";
import { BusReader, type BusValue, BusWriter, typesOf } from "./bus-values.ts";

test("a signature is taken apart into complete types", () => {
  expect(typesOf("a{sv}(s(iu)ao)vaayy")).toEqual(["a{sv}", "(s(iu)ao)", "v", "aay", "y"]);
});

test.each<[string, BusValue]>([
  ["s", "ключ"],
  ["ao", ["/org/a", "/org/b"]],
  ["(sb)", ["x", true]],
  [
    "a(yv)",
    [
      [1, { signature: "o", value: "/" }],
      [8, { signature: "g", value: "ss" }],
    ],
  ],
  ["v", { signature: "au", value: [1, 2, 4_000_000_000] }],
])("a value of type %s reads back as it was written", (type, value) => {
  const writer = new BusWriter();
  writer.byte(7);
  writer.write(type, value);

  const reader = new BusReader(writer.bytes(), true, 1);

  expect(reader.read(type)).toEqual(value);
  expect(reader.at).toBe(writer.length);
});

test("a call is a message that says whom it asks for what", () => {
  const call = encodeCall(
    {
      destination: "org.a",
      path: "/org/a",
      interface: "org.a.B",
      member: "C",
      signature: "ss",
      body: ["x", "y"],
    },
    7,
  );

  expect(decodeMessage(call)).toEqual({
    length: call.length,
    message: { kind: "call", replySerial: 0, errorName: "", path: "/org/a", member: "C", body: ["x", "y"] },
  });
});

test("a message that is not whole is waited for; one that is none is an error", () => {
  const call = encodeCall({ destination: "a.b", path: "/", interface: "a.b", member: "C" }, 1);

  for (let length = 0; length < call.length; length += 1)
    expect(decodeMessage(call.subarray(0, length))).toBeNull();
  expect(() => decodeMessage(Buffer.alloc(64, 0x58))).toThrow("not a message");
  const endless = Buffer.from(call);
  endless.writeUInt32LE(0xf0000000, 4);
  expect(() => decodeMessage(endless)).toThrow("too long");
});

test("the bus is where the environment says, and nowhere else", () => {
  expect([
    busPaths({}),
    busPaths({ XDG_RUNTIME_DIR: "/run/user/7" }),
    busPaths({ DBUS_SESSION_BUS_ADDRESS: "unix:path=/tmp/a%20b,guid=1;unix:abstract=/tmp/c;tcp:host=h" }),
  ]).toEqual([[], ["/run/user/7/bus"], ["/tmp/a b", "\0/tmp/c"]]);
});
