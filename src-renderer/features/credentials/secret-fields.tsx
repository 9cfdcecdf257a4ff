import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type KindField, LONGEST_VALUE_BYTES } from "#contract/credential.ts";
import { SecretInput, SecretText } from "../../ui/index.ts";
import { type FieldProblem, lookAt, type ValueLook } from "./field-check.ts";

/** Fields that have a name in the language of the page; others are shown as they are called. */
const KNOWN_FIELDS = [
  "user",
  "password",
  "token",
  "privateKey",
  "passphrase",
  "certificate",
  "accessKeyId",
  "secretAccessKey",
  "sessionToken",
  "json",
  "tenantId",
  "clientId",
  "clientSecret",
  "value",
] as const;

function isKnownField(name: string): name is (typeof KNOWN_FIELDS)[number] {
  return KNOWN_FIELDS.some((known) => known === name);
}

/** Fields of the form carry this before their names, so that they are told from the others. */
const PREFIX = "secret:";

/** Reads the typed values once, for sending. Empty ones are left out. */
export function readSecrets(form: HTMLFormElement): Record<string, string> {
  const values: Record<string, string> = {};
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) continue;
    if (element.name.startsWith(PREFIX) && element.value !== "") {
      values[element.name.slice(PREFIX.length)] = element.value;
    }
  }
  return values;
}

/** Empties every secret field; the page holds no copy. */
export function clearSecrets(form: HTMLFormElement): void {
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) continue;
    if (element.name.startsWith(PREFIX)) element.value = "";
  }
}

export interface SecretFieldsProps {
  readonly fields: readonly KindField[];
  readonly looks: Readonly<Record<string, ValueLook>>;
  /** Shown only for fields named here. */
  readonly problems: Readonly<Record<string, FieldProblem>>;
  readonly onLook: (field: string, look: ValueLook) => void;
  /** The first of them gets the focus when the dialog around them opens. */
  readonly isFocused?: boolean;
}

/** The fields of a credential. They hold their own text; all that is told of it is how it looks. */
export function SecretFields({ fields, looks, problems, onLook, isFocused = false }: SecretFieldsProps) {
  const { t } = useTranslation("credentials");
  return fields.map((field, index): ReactNode => {
    const problem = problems[field.name];
    const props = {
      name: PREFIX + field.name,
      label: isKnownField(field.name) ? t(`field.${field.name}`) : field.name,
      description: field.isSecret && looks[field.name] === "short" ? t("form.short") : undefined,
      error: problem === undefined ? undefined : t(`form.${problem}`),
      isRequired: field.isRequired,
      isPlain: !field.isSecret,
      isFirst: isFocused && index === 0,
      onLook: (value: string) => onLook(field.name, lookAt(value)),
    };
    if (field.isLong) return <SecretText key={field.name} {...props} limitBytes={LONGEST_VALUE_BYTES} />;
    return <SecretInput key={field.name} {...props} />;
  });
}
