/**
 * A form made from a JSON Schema: what to ask, what was typed, and the input that comes out of it.
 *
 * Covers what people write for inputs: strings, numbers, integers, booleans, enums, lists of those and nested
 * objects. Everything else becomes a field for JSON text; the core checks the whole input again anyway.
 */

type Schema = Readonly<Record<string, unknown>>;

/** Where a field stands: keys joined by a slash, e.g. `login/user`. */
export type FieldPath = string;

interface FieldBase {
  readonly path: FieldPath;
  /** `title` of the schema, else the key. */
  readonly label: string;
  readonly description: string;
  readonly isRequired: boolean;
  /** As the schema has it; undefined when there is none. */
  readonly initial: unknown;
}

export type TextFormat = "text" | "email" | "uri" | "date" | "date-time";

export interface TextField extends FieldBase {
  readonly kind: "text";
  readonly format: TextFormat;
  readonly minLength: number | null;
  readonly maxLength: number | null;
  readonly pattern: string | null;
}
export interface NumberField extends FieldBase {
  readonly kind: "number";
  readonly isInteger: boolean;
  readonly min: number | null;
  readonly max: number | null;
}
export interface BooleanField extends FieldBase {
  readonly kind: "boolean";
}
export interface ChoiceField extends FieldBase {
  readonly kind: "choice";
  /** Options as JSON text, so that `1` and `"1"` stay apart. */
  readonly options: readonly string[];
}
export interface ListField extends FieldBase {
  readonly kind: "list";
  readonly items: "text" | "number" | "integer";
  readonly minItems: number | null;
  readonly maxItems: number | null;
}
export interface GroupField extends FieldBase {
  readonly kind: "group";
  readonly fields: readonly Field[];
}
export interface JsonField extends FieldBase {
  readonly kind: "json";
}
export type Field = TextField | NumberField | BooleanField | ChoiceField | ListField | GroupField | JsonField;

/** What was typed, by path. Absent: not touched and no default. */
export type Draft = Readonly<Record<FieldPath, string | boolean | readonly string[]>>;

export type ProblemCode =
  | "required"
  | "notANumber"
  | "notAnInteger"
  | "tooSmall"
  | "tooLarge"
  | "tooShort"
  | "tooLong"
  | "pattern"
  | "email"
  | "uri"
  | "date"
  | "tooFewItems"
  | "tooManyItems"
  | "notJson";

export interface FieldProblem {
  readonly path: FieldPath;
  readonly code: ProblemCode;
  /** The bound or pattern that was not met; empty when there is none. */
  readonly limit: string;
}

function isObject(value: unknown): value is Schema {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const FORMATS: Readonly<Record<string, TextFormat>> = {
  email: "email",
  uri: "uri",
  url: "uri",
  date: "date",
  "date-time": "date-time",
};

function readField(schema: unknown, path: FieldPath, isRequired: boolean): Field {
  const node = isObject(schema) ? schema : {};
  const base: FieldBase = {
    path,
    label: textOf(node["title"]) || (path.split("/").at(-1) ?? path),
    description: textOf(node["description"]),
    isRequired,
    initial: node["default"],
  };
  if (Array.isArray(node["enum"])) {
    return { ...base, kind: "choice", options: node["enum"].map((option) => JSON.stringify(option)) };
  }
  const type = node["type"];
  if (type === "string") return readText(node, base);
  if (type === "number" || type === "integer") {
    return {
      ...base,
      kind: "number",
      isInteger: type === "integer",
      min: numberOf(node["minimum"]),
      max: numberOf(node["maximum"]),
    };
  }
  if (type === "boolean") return { ...base, kind: "boolean" };
  if (type === "array") return readList(node, base);
  if (type === "object" && isObject(node["properties"])) {
    return { ...base, kind: "group", fields: readProperties(node, path) };
  }
  return { ...base, kind: "json" };
}

function readText(node: Schema, base: FieldBase): TextField {
  return {
    ...base,
    kind: "text",
    format: FORMATS[textOf(node["format"])] ?? "text",
    minLength: numberOf(node["minLength"]),
    maxLength: numberOf(node["maxLength"]),
    pattern: textOf(node["pattern"]) || null,
  };
}

function readList(node: Schema, base: FieldBase): ListField | JsonField {
  const items = isObject(node["items"]) ? node["items"] : {};
  const kinds: Readonly<Record<string, ListField["items"]>> = {
    string: "text",
    number: "number",
    integer: "integer",
  };
  const kind = Array.isArray(items["enum"]) ? undefined : kinds[textOf(items["type"])];
  if (kind === undefined) return { ...base, kind: "json" };
  return {
    ...base,
    kind: "list",
    items: kind,
    minItems: numberOf(node["minItems"]),
    maxItems: numberOf(node["maxItems"]),
  };
}

function readProperties(schema: Schema, parent: FieldPath): readonly Field[] {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(properties).map(([key, value]) =>
    readField(value, parent === "" ? key : `${parent}/${key}`, required.includes(key)),
  );
}

/**
 * Fields of a schema. Empty: the agent takes no input. Null: the schema is no object with properties, so the
 * whole input is one JSON text.
 */
export function readSchema(schema: unknown): readonly Field[] | null {
  if (schema === undefined) return [];
  if (!isObject(schema)) return null;
  if (schema["type"] === "object" && isObject(schema["properties"])) return readProperties(schema, "");
  return Object.keys(schema).length === 0 ? [] : null;
}

/** Fields without their groups. */
export function flatten(fields: readonly Field[]): readonly Exclude<Field, GroupField>[] {
  return fields.flatMap((field) => (field.kind === "group" ? flatten(field.fields) : [field]));
}

function at(input: unknown, path: FieldPath): unknown {
  let value = input;
  for (const key of path.split("/")) value = isObject(value) ? value[key] : undefined;
  return value;
}

function draftOf(field: Exclude<Field, GroupField>, value: unknown): Draft[string] | undefined {
  if (value === undefined) return undefined;
  switch (field.kind) {
    case "boolean":
      return value === true;
    case "list":
      return Array.isArray(value) ? value.map(String) : undefined;
    case "choice":
    case "json":
      return JSON.stringify(value);
    case "text":
    case "number":
      return typeof value === "object" ? undefined : String(value);
  }
}

/** Defaults of the schema, with the last input (if any) over them. */
export function initialDraft(fields: readonly Field[], lastInput: unknown): Draft {
  const draft: Record<FieldPath, Draft[string]> = {};
  for (const field of flatten(fields)) {
    const value = draftOf(field, at(lastInput, field.path)) ?? draftOf(field, field.initial);
    if (value !== undefined) draft[field.path] = value;
  }
  return draft;
}

type Parsed = { readonly value: unknown } | { readonly code: ProblemCode; readonly limit: string };

function refuse(code: ProblemCode, limit: string | number = ""): Parsed {
  return { code, limit: String(limit) };
}

const EMAIL = /^[^@\s]+@[^@\s]+$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

function refuseFormat(format: TextFormat, text: string): Parsed | null {
  if (format === "email" && !EMAIL.test(text)) return refuse("email");
  if (format === "uri" && !URL.canParse(text)) return refuse("uri");
  if (format === "date" && !DATE.test(text)) return refuse("date");
  if (format === "date-time" && Number.isNaN(Date.parse(text))) return refuse("date");
  return null;
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    // A pattern this browser cannot read is left to the core, which checks the input again.
    return true;
  }
}

function parseText(field: TextField, text: string): Parsed {
  const length = [...text].length;
  if (field.minLength !== null && length < field.minLength) return refuse("tooShort", field.minLength);
  if (field.maxLength !== null && length > field.maxLength) return refuse("tooLong", field.maxLength);
  if (field.pattern !== null && !matches(field.pattern, text)) return refuse("pattern", field.pattern);
  return refuseFormat(field.format, text) ?? { value: text };
}

function parseNumber(field: Pick<NumberField, "isInteger" | "min" | "max">, text: string): Parsed {
  const value = Number(text.trim().replace(",", "."));
  if (text.trim() === "" || !Number.isFinite(value)) return refuse("notANumber");
  if (field.isInteger && !Number.isInteger(value)) return refuse("notAnInteger");
  if (field.min !== null && value < field.min) return refuse("tooSmall", field.min);
  if (field.max !== null && value > field.max) return refuse("tooLarge", field.max);
  return { value };
}

function parseJson(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    // The text itself stays in the field; only the problem is reported.
    return refuse("notJson");
  }
}

function parseList(field: ListField, texts: readonly string[]): Parsed {
  if (field.minItems !== null && texts.length < field.minItems) return refuse("tooFewItems", field.minItems);
  if (field.maxItems !== null && texts.length > field.maxItems) return refuse("tooManyItems", field.maxItems);
  if (field.items === "text") return { value: texts };
  const values: unknown[] = [];
  for (const text of texts) {
    const parsed = parseNumber({ isInteger: field.items === "integer", min: null, max: null }, text);
    if ("code" in parsed) return parsed;
    values.push(parsed.value);
  }
  return { value: values };
}

function parseBoolean(field: BooleanField, typed: Draft[string] | undefined): Parsed {
  const isSaid = typed === true || field.isRequired || field.initial !== undefined;
  return { value: isSaid ? typed === true : undefined };
}

function parseItems(field: ListField, typed: Draft[string] | undefined): Parsed {
  const texts = Array.isArray(typed) ? (typed as readonly string[]) : [];
  return texts.length === 0 && !field.isRequired ? { value: undefined } : parseList(field, texts);
}

/** The value of one field, undefined when it is left out. */
function parseField(field: Exclude<Field, GroupField>, typed: Draft[string] | undefined): Parsed {
  if (field.kind === "boolean") return parseBoolean(field, typed);
  if (field.kind === "list") return parseItems(field, typed);
  const text = typeof typed === "string" ? typed : "";
  if (text === "") return field.isRequired ? refuse("required") : { value: undefined };
  if (field.kind === "text") return parseText(field, text);
  return field.kind === "number" ? parseNumber(field, text) : parseJson(text);
}

function put(input: Record<string, unknown>, path: FieldPath, value: unknown): void {
  const keys = path.split("/");
  const last = keys.pop() ?? "";
  let target = input;
  for (const key of keys) {
    const next = target[key];
    const inner: Record<string, unknown> = isObject(next) ? { ...next } : {};
    target[key] = inner;
    target = inner;
  }
  target[last] = value;
}

export interface FormResult {
  readonly input: Readonly<Record<string, unknown>>;
  readonly problems: readonly FieldProblem[];
}

/** The input that was typed, and what is wrong with it, field by field. */
export function readDraft(fields: readonly Field[], draft: Draft): FormResult {
  const input: Record<string, unknown> = {};
  const problems: FieldProblem[] = [];
  for (const field of flatten(fields)) {
    if (isInUnusedGroup(fields, field.path, draft)) continue;
    const parsed = parseField(field, draft[field.path]);
    if ("code" in parsed) problems.push({ path: field.path, code: parsed.code, limit: parsed.limit });
    else if (parsed.value !== undefined) put(input, field.path, parsed.value);
  }
  return { input, problems };
}

/** An optional group in which nothing was typed is left out whole, required fields and all. */
function isInUnusedGroup(fields: readonly Field[], path: FieldPath, draft: Draft): boolean {
  const group = fields.find((field) => field.kind === "group" && path.startsWith(`${field.path}/`));
  if (group?.kind !== "group") return false;
  const isUsed = flatten(group.fields).some((field) => {
    const typed = draft[field.path];
    return (
      typed !== undefined && typed !== "" && typed !== false && (!Array.isArray(typed) || typed.length > 0)
    );
  });
  return (!isUsed && !group.isRequired) || isInUnusedGroup(group.fields, path, draft);
}
