import { expect, test } from "vitest";
import { type Manifest, manifestSchema } from "#contract/manifest.ts";
import { consentsNeeded, isRootUser } from "./container-consents.ts";

const IN_CONTAINER = { runtime: "container", showsEnvironment: true } as const;

function manifest(changes: Partial<Manifest>): Manifest {
  return manifestSchema.parse({
    apiVersion: "pilothouse/v1",
    kind: "Agent",
    name: "asker",
    class: "computational",
    runtimes: { process: { command: ["true"] } },
    ...changes,
  });
}

test.each([
  ["root", true],
  ["0", true],
  ["00:1000", true],
  ["1000:0", false],
  ["", false],
])("of %j it is said whether it is root: %s", (user, isRoot) => {
  expect(isRootUser(user)).toBe(isRoot);
});

test("an agent that wants to be root needs a yes, and only in a container", () => {
  const asking = manifest({ runtimes: { container: { image: "web:1", user: "0" } } });

  expect(consentsNeeded(asking, IN_CONTAINER)).toEqual(["root"]);
  expect(consentsNeeded(asking, { runtime: "process" })).toEqual([]);
  const plain = manifest({ runtimes: { container: { image: "web:1", user: "1000" } } });
  expect(consentsNeeded(plain, IN_CONTAINER)).toEqual([]);
});

test("credentials in variables need a yes where variables can be looked at; files do not", () => {
  const inVariable = manifest({ credentials: [{ name: "shop", env: { token: "SHOP_TOKEN" } }] });
  const inFile = manifest({ credentials: [{ name: "shop", file: { field: "token", env: "SHOP_FILE" } }] });

  expect(consentsNeeded(inVariable, IN_CONTAINER)).toEqual(["environment"]);
  expect(consentsNeeded(inVariable, { runtime: "process" })).toEqual([]);
  expect(consentsNeeded(inFile, IN_CONTAINER)).toEqual([]);
});
