import {
  type CredentialKind,
  credentialNameSchema,
  FREE_FIELD,
  fieldNameSchema,
  KIND_FIELDS,
  type KindField,
  LEAST_MASKED_CHARACTERS,
  LONGEST_VALUE_BYTES,
} from "#contract/credential.ts";

/** What a typed value is, without the value: all that the page remembers of it. */
export type ValueLook = "empty" | "short" | "fits" | "long";

export function lookAt(value: string): ValueLook {
  if (value === "") return "empty";
  if (new TextEncoder().encode(value).length > LONGEST_VALUE_BYTES) return "long";
  return [...value].length < LEAST_MASKED_CHARACTERS ? "short" : "fits";
}

/** A field of a free-form credential; its values may be anything, so it gets the large box. */
export function freeField(name: string): KindField {
  return { name, isSecret: true, isRequired: true, isLong: true };
}

/** The fields a form of this kind shows; `freeNames` for a free-form one. */
export function fieldsOf(kind: CredentialKind, freeNames: readonly string[] = []): readonly KindField[] {
  if (kind !== "free") return KIND_FIELDS[kind];
  return (freeNames.length === 0 ? [FREE_FIELD] : freeNames).map(freeField);
}

export type FieldProblem = "missing" | "long";

/** What keeps the fields from being sent, by field. */
export function fieldProblems(
  fields: readonly KindField[],
  looks: Readonly<Record<string, ValueLook>>,
): Readonly<Record<string, FieldProblem>> {
  const problems: Record<string, FieldProblem> = {};
  for (const { name, isRequired } of fields) {
    const look = looks[name] ?? "empty";
    if (look === "long") problems[name] = "long";
    else if (look === "empty" && isRequired) problems[name] = "missing";
  }
  return problems;
}

export type NameProblem = "missing" | "pattern" | "taken";

export function nameProblem(name: string, taken: ReadonlySet<string>): NameProblem | null {
  if (name === "") return "missing";
  if (!credentialNameSchema.safeParse(name).success) return "pattern";
  return taken.has(name) ? "taken" : null;
}

export function isFieldName(name: string): boolean {
  return fieldNameSchema.safeParse(name).success;
}

/** The end of a day as `<input type="date">` gives it, local time; null for no date. */
export function endOfDay(date: string): number | null {
  const [year, month, day] = date.split("-").map(Number);
  if (year === undefined || month === undefined || day === undefined || Number.isNaN(day)) return null;
  return new Date(year, month - 1, day, 23, 59, 59, 999).getTime();
}

/** The day of a time for `<input type="date">`, local time. */
export function dayOf(atMs: number | null): string {
  if (atMs === null) return "";
  const date = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
