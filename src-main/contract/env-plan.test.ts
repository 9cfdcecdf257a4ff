import { expect, test } from "vitest";
import { credentialNameSchema, fieldNameSchema } from "./credential.ts";
import { credentialNameOf, fieldNameOf, planImport } from "./env-plan.ts";

const NONE: ReadonlySet<string> = new Set();

test("every variable's name gives a name that the core takes", () => {
  for (const variable of ["OPENAI_API_KEY", "_x", "__", "9_LIVES", "a.b", "Ж", "A".repeat(100), "A-"]) {
    expect(credentialNameSchema.safeParse(credentialNameOf(variable)).success, variable).toBe(true);
    expect(fieldNameSchema.safeParse(fieldNameOf(variable)).success, variable).toBe(true);
  }
  expect([credentialNameOf("OPENAI_API_KEY"), fieldNameOf("_DB_URL")]).toEqual(["openai-api-key", "DB_URL"]);
});

test("one credential for each variable holds its value as a token", () => {
  expect(planImport(["SHOP_TOKEN", "DB_URL"], { shape: "each", name: "" }, NONE)?.take).toEqual([
    { variable: "SHOP_TOKEN", name: "shop-token", field: "token" },
    { variable: "DB_URL", name: "db-url", field: "token" },
  ]);
});

test("one credential for all has a field for each variable", () => {
  expect(planImport(["USER", "PASS"], { shape: "together", name: "shop" }, NONE)?.take).toEqual([
    { variable: "USER", name: "shop", field: "USER" },
    { variable: "PASS", name: "shop", field: "PASS" },
  ]);
});

test("two variables that would get the same name get different ones", () => {
  const take = planImport(["A_B", "A-B"], { shape: "each", name: "" }, NONE)?.take ?? [];

  expect(take.map(({ name }) => name)).toEqual(["a-b", "a-b-2"]);
});

test("what is there already and would be changed is named, each once", () => {
  const existing = new Set(["shop"]);

  expect(planImport(["A", "B"], { shape: "together", name: "shop" }, existing)?.replaced).toEqual(["shop"]);
  expect(planImport(["A"], { shape: "each", name: "" }, existing)?.replaced).toEqual([]);
});

test("a name that the core would refuse gives no plan", () => {
  expect(planImport(["A"], { shape: "together", name: "No good" }, NONE)).toBeNull();
});
