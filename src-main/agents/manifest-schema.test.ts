import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { createManifestJsonSchema } from "#core/manifest/manifest-outline.ts";

const RESOURCES = join(import.meta.dirname, "../../resources");

test("the schema for editors is the one the program uses (otherwise: node scripts/write-schema.ts)", async () => {
  const stored = JSON.parse(await readFile(join(RESOURCES, "schemas/agent.schema.json"), "utf8"));

  expect(stored).toEqual(createManifestJsonSchema());
});

test("the schema for editors takes a sample and refuses an unknown key", async () => {
  const validate = new Ajv2020().compile(createManifestJsonSchema());
  const sample = parse(await readFile(join(RESOURCES, "samples/clock-service/agent.yaml"), "utf8"));

  expect([validate(sample), validate({ ...sample, lable: "x" })]).toEqual([true, false]);
});
