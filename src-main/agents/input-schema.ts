import { Ajv, type ErrorObject, type Options, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { faultPhrase, type KeyPath, type ManifestFault } from "#core/manifest/manifest-fault.ts";
import { INPUT_FORMATS } from "./input-formats.ts";

type InputSchema = Readonly<Record<string, unknown>>;

const OPTIONS: Options = {
  allErrors: true,
  // Keywords are checked with their line by `core/manifest/input-schema-checks.ts`; ajv would only throw.
  strict: false,
  // What a person leaves out of the form or the command line is what the manifest says.
  useDefaults: true,
  verbose: true,
  logger: false,
};

const DRAFT_07 = /^https?:\/\/json-schema\.org\/draft-0[67]\/schema#?$/;
const DRAFT_2020 = /^https?:\/\/json-schema\.org\/draft\/20(19-09|20-12)\/schema#?$/;

/** A fresh validator each time: schemas of two agents may use the same `$id`. */
function createAjv(schema: InputSchema): Ajv {
  const dialect = schema["$schema"];
  const isOld = typeof dialect === "string" && DRAFT_07.test(dialect);
  const ajv = isOld ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
  for (const [name, format] of Object.entries(INPUT_FORMATS)) ajv.addFormat(name, format);
  return ajv;
}

function withoutDialect(schema: InputSchema): InputSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "$schema"));
}

/** Compiles a schema that `checkSchemaRules` found no fault in. */
export function compileInputSchema(schema: InputSchema): ValidateFunction {
  return createAjv(schema).compile(withoutDialect(schema));
}

/** Faults of the manifest's `inputs` by the rules of JSON Schema: wrong types, loose references, bad patterns. */
export function checkSchemaRules(schema: InputSchema): readonly ManifestFault[] {
  const dialect = schema["$schema"];
  if (dialect !== undefined && !(typeof dialect === "string" && isKnownDialect(dialect))) {
    return [
      {
        path: ["inputs", "$schema"],
        part: "value",
        problem: "this version of JSON Schema is not known",
        expected: "https://json-schema.org/draft/2020-12/schema, or no $schema",
        ...faultPhrase("unknown-dialect", {
          want: "literal",
          wanted: "https://json-schema.org/draft/2020-12/schema",
        }),
      },
    ];
  }
  const ajv = createAjv(schema);
  const plain = withoutDialect(schema);
  try {
    if (ajv.validateSchema(plain) !== true) return faultsOf(ajv.errors ?? []);
    ajv.compile(plain);
    return [];
  } catch (error) {
    // ajv throws plain errors for what only shows while compiling: loose references and broken patterns.
    const reason = error instanceof Error ? error.message : String(error);
    return [
      {
        path: ["inputs"],
        part: "key",
        problem: `inputs is no valid JSON Schema: ${reason}`,
        expected: "",
        ...faultPhrase("schema-invalid", { reason }),
      },
    ];
  }
}

function isKnownDialect(dialect: string): boolean {
  return DRAFT_07.test(dialect) || DRAFT_2020.test(dialect);
}

/** One fault for each place; the rules reach a place on several ways and say the same each time. */
function faultsOf(errors: readonly ErrorObject[]): readonly ManifestFault[] {
  const byPlace = new Map<string, ManifestFault>();
  for (const error of errors) {
    // `anyOf` and the like only say that one of the errors below them matters.
    if (["anyOf", "oneOf", "allOf", "$ref", "$dynamicRef"].includes(error.keyword)) continue;
    const path = ["inputs", ...pathOf(error.instancePath)];
    const allowed: unknown = error.params["allowedValues"];
    const fault: ManifestFault = {
      path,
      part: "value",
      problem: `${path.join(".")} does not follow the rules of JSON Schema`,
      expected: Array.isArray(allowed) ? `one of ${allowed.join(", ")}` : (error.message ?? ""),
      ...faultPhrase("schema-rule", {
        name: path.join("."),
        want: Array.isArray(allowed) ? "one-of" : "literal",
        wanted: Array.isArray(allowed) ? allowed.join(", ") : (error.message ?? ""),
      }),
    };
    const isBetter = Array.isArray(allowed) || !byPlace.has(error.instancePath);
    if (isBetter) byPlace.set(error.instancePath, fault);
  }
  return [...byPlace.values()];
}

/** The keys of a JSON pointer. */
export function pathOf(pointer: string): KeyPath {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
