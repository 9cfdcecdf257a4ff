import type { ErrorObject, ValidateFunction } from "ajv";
import { AppError } from "#contract/errors.ts";
import type { Manifest } from "#contract/manifest.ts";
import { describeFound, dotted, type KeyPath } from "#core/manifest/manifest-fault.ts";
import { findNearest } from "#core/manifest/nearest-word.ts";
import { compileInputSchema, pathOf } from "./input-schema.ts";

/** Linux takes no environment variable above 128 KiB; the rest is left for its name and for other systems. */
export const INPUT_LIMIT_BYTES = 96 * 1024;

/** Checks the inputs of runs against manifests; keeps compiled schemas as long as their manifests live. */
export class RunInputs {
  readonly #compiled = new WeakMap<Manifest, ValidateFunction>();

  /**
   * The JSON text that a run gets, defaults of the schema filled in. An input that is not given is `{}`.
   *
   * @throws AppError `run.input_invalid`, `run.input_too_large`
   */
  check(manifest: Manifest, input: unknown): string {
    const json = toJson(input);
    refuseLarge(json);
    if (manifest.inputs === undefined) return json;
    const validate = this.#compiled.get(manifest) ?? compileInputSchema(manifest.inputs);
    this.#compiled.set(manifest, validate);
    // A copy, because defaults are written into what is checked.
    const value: unknown = JSON.parse(json);
    if (!validate(value)) throw invalid(validate.errors ?? []);
    const complete = JSON.stringify(value);
    refuseLarge(complete);
    return complete;
  }
}

function toJson(input: unknown): string {
  try {
    return JSON.stringify(input ?? {}) ?? "{}";
  } catch (error) {
    const problem = "is nested too deeply, or is no JSON";
    throw inputError({ path: "input", problem, expected: "a JSON object" }, { count: 1, cause: error });
  }
}

function refuseLarge(json: string): void {
  const sizeBytes = Buffer.byteLength(json);
  if (sizeBytes <= INPUT_LIMIT_BYTES) return;
  throw new AppError(
    "run.input_too_large",
    `The input has ${sizeBytes} bytes; ${INPUT_LIMIT_BYTES} fit into an environment variable`,
    { details: { sizeBytes, limitBytes: INPUT_LIMIT_BYTES } },
  );
}

interface InputFault {
  readonly path: string;
  readonly problem: string;
  readonly expected: string;
}

function inputError(fault: InputFault, { count, cause }: { count: number; cause?: unknown }): AppError {
  const more = count > 1 ? ` (and ${count - 1} more)` : "";
  const right = fault.expected === "" ? "" : `; expected ${fault.expected}`;
  return new AppError("run.input_invalid", `${fault.path} ${fault.problem}${right}${more}`, {
    details: { ...fault, count },
    cause,
  });
}

function invalid(errors: readonly ErrorObject[]): AppError {
  const told = errors.filter(({ keyword }) => !["if", "anyOf", "oneOf"].includes(keyword));
  const [first] = told.length > 0 ? told : errors;
  if (first === undefined) throw new Error("ajv refused an input and said nothing");
  return inputError(faultOf(first), { count: Math.max(1, told.length) });
}

function faultOf(error: ErrorObject): InputFault {
  const path = pathOf(error.instancePath);
  const { params } = error;
  if (error.keyword === "required") {
    const key = String(params["missingProperty"]);
    return { path: shown([...path, key]), problem: "is missing", expected: expectedOf(error, key) };
  }
  if (error.keyword === "additionalProperties" || error.keyword === "unevaluatedProperties") {
    const key = String(params["additionalProperty"] ?? params["unevaluatedProperty"]);
    const names = Object.keys(propertiesOf(error));
    const expected = findNearest(key, names) ?? (names.length === 0 ? "" : `one of ${names.join(", ")}`);
    return { path: shown([...path, key]), problem: "is not known to this agent", expected };
  }
  return { path: shown(path), problem: `is ${describeFound(error.data)}`, expected: wordsFor(error) };
}

function shown(path: KeyPath): string {
  return path.length === 0 ? "input" : dotted(path);
}

function propertiesOf(error: ErrorObject): Readonly<Record<string, { readonly type?: unknown }>> {
  return error.parentSchema?.["properties"] ?? {};
}

function expectedOf(error: ErrorObject, key: string): string {
  const type = propertiesOf(error)[key]?.type;
  return typeof type === "string" ? typeWords(type) : "a value";
}

function typeWords(type: unknown): string {
  const words: Readonly<Record<string, string>> = {
    string: "a text",
    number: "a number",
    integer: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "a mapping",
    null: "null",
  };
  const types = Array.isArray(type) ? type : [type];
  return types.map((one) => words[String(one)] ?? String(one)).join(" or ");
}

const PHRASES: Readonly<Record<string, (limit: unknown) => string>> = {
  minLength: (limit) => `at least ${limit} characters`,
  maxLength: (limit) => `at most ${limit} characters`,
  minItems: (limit) => `at least ${limit} entries`,
  maxItems: (limit) => `at most ${limit} entries`,
  minProperties: (limit) => `at least ${limit} keys`,
  maxProperties: (limit) => `at most ${limit} keys`,
  minimum: (limit) => `at least ${limit}`,
  maximum: (limit) => `at most ${limit}`,
  exclusiveMinimum: (limit) => `more than ${limit}`,
  exclusiveMaximum: (limit) => `less than ${limit}`,
  multipleOf: (limit) => `a multiple of ${limit}`,
  pattern: (limit) => `a text that matches ${limit}`,
  format: (limit) => `a text in the format ${limit}`,
  const: (limit) => JSON.stringify(limit),
  enum: (limit) =>
    `one of ${(Array.isArray(limit) ? limit : [limit]).map((one) => JSON.stringify(one)).join(", ")}`,
  type: typeWords,
  uniqueItems: () => "no entry twice",
};

function wordsFor(error: ErrorObject): string {
  return PHRASES[error.keyword]?.(error.schema) ?? error.message ?? "";
}
