import { expect, test } from "vitest";
import { initialDraft, readDraft, readSchema } from "./schema-form.ts";

const schema = {
  type: "object",
  required: ["shop", "pages"],
  properties: {
    shop: { type: "string", enum: ["north", "harbour"] },
    pages: { type: "integer", minimum: 1, maximum: 50, default: 3 },
    mail: { type: "string", format: "email" },
    dryRun: { type: "boolean" },
    articles: { type: "array", items: { type: "string" }, minItems: 2 },
    login: {
      type: "object",
      required: ["user"],
      properties: {
        user: { type: "string", minLength: 3 },
        region: { type: "string", pattern: "^[A-Z]{2}$" },
      },
    },
    rest: { oneOf: [{ type: "string" }, { type: "object" }] },
  },
} as const;

const fields = readSchema(schema) ?? [];

test("every kind of property becomes the field that fits, and the unknown one a JSON text", () => {
  const kinds = fields.map((field) => `${field.path}:${field.kind}${field.isRequired ? "!" : ""}`);

  expect(kinds).toEqual([
    "shop:choice!",
    "pages:number!",
    "mail:text",
    "dryRun:boolean",
    "articles:list",
    "login:group",
    "rest:json",
  ]);
});

test("a schema that is no object with properties is one JSON text, and no schema asks nothing", () => {
  expect([readSchema({ type: "string" }), readSchema(undefined), readSchema({})]).toEqual([null, [], []]);
});

test("the last input stands over the defaults", () => {
  const draft = initialDraft(fields, { shop: "north", articles: ["lamp"], login: { user: "kim" } });

  expect(draft).toEqual({ shop: '"north"', pages: "3", articles: ["lamp"], "login/user": "kim" });
});

test("typed text becomes values of the right types, and what was left empty is left out", () => {
  const { input, problems } = readDraft(fields, {
    shop: '"harbour"',
    pages: "12",
    mail: "",
    dryRun: true,
    articles: ["lamp", "chair"],
    "login/user": "kim",
    rest: '{"a":1}',
  });

  expect(problems).toEqual([]);
  expect(input).toEqual({
    shop: "harbour",
    pages: 12,
    dryRun: true,
    articles: ["lamp", "chair"],
    login: { user: "kim" },
    rest: { a: 1 },
  });
});

test("each problem stands at its field with the bound that was missed", () => {
  const { problems } = readDraft(fields, {
    pages: "51",
    mail: "nobody",
    articles: ["lamp"],
    "login/user": "k",
    "login/region": "xx",
    rest: "{",
  });

  expect(problems).toEqual([
    { path: "shop", code: "required", limit: "" },
    { path: "pages", code: "tooLarge", limit: "50" },
    { path: "mail", code: "email", limit: "" },
    { path: "articles", code: "tooFewItems", limit: "2" },
    { path: "login/user", code: "tooShort", limit: "3" },
    { path: "login/region", code: "pattern", limit: "^[A-Z]{2}$" },
    { path: "rest", code: "notJson", limit: "" },
  ]);
});

test("an optional group asks for its required fields only once something is typed in it", () => {
  const untouched = readDraft(fields, { shop: '"north"', pages: "1" });
  const begun = readDraft(fields, { shop: '"north"', pages: "1", "login/region": "DE" });

  expect(untouched).toEqual({ input: { shop: "north", pages: 1 }, problems: [] });
  expect(begun.problems).toEqual([{ path: "login/user", code: "required", limit: "" }]);
});

test("numbers are told from text, and fractions from integers", () => {
  const codes = ["x", "1.5", "0", " 7 "].map((pages) =>
    readDraft(fields, { shop: '"north"', pages }).problems.map((problem) => problem.code),
  );

  expect(codes).toEqual([["notANumber"], ["notAnInteger"], ["tooSmall"], []]);
});
