import { Button, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { IconEye, IconEyeOff, IconFileUpload } from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./secret-field.module.css";

/** Keeps browsers and their helpers from filling in, keeping or correcting what is typed. */
export const NO_AUTOFILL = {
  autoComplete: "new-password",
  autoCorrect: "off",
  autoCapitalize: "off",
  spellCheck: false,
  "data-1p-ignore": true,
  "data-lpignore": "true",
  "data-bwignore": true,
} as const;

export interface SecretFieldProps {
  /** Name in the form: the value is read from the element when the form is sent, and kept nowhere else. */
  readonly name: string;
  readonly label: ReactNode;
  readonly description?: ReactNode;
  readonly error?: ReactNode;
  readonly isRequired?: boolean;
  /** No secret by itself, such as a user name: shown as it is typed. */
  readonly isPlain?: boolean;
  /** Gets the focus when the dialog around it opens. */
  readonly isFirst?: boolean;
  /** Called with each value as it is typed, for checks; nobody keeps it. */
  readonly onLook: (value: string) => void;
}

/** A secret on one line, hidden as it is typed. */
export function SecretInput(props: SecretFieldProps) {
  const { name, label, description, error, isRequired, isPlain, isFirst, onLook } = props;
  const Input = isPlain === true ? TextInput : PasswordInput;
  return (
    <Input
      name={name}
      label={label}
      description={description}
      error={error}
      required={isRequired === true}
      data-autofocus={isFirst === true || undefined}
      onChange={(event) => onLook(event.currentTarget.value)}
      {...NO_AUTOFILL}
    />
  );
}

/** Null when the file is no text or too large. */
async function readText(file: File, limitBytes: number): Promise<string | null> {
  if (file.size > limitBytes) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    // Not UTF-8: said at the field, and nothing is taken.
    return null;
  }
}

export interface SecretTextProps extends SecretFieldProps {
  /** Files above this are refused. */
  readonly limitBytes: number;
}

/** A secret of several lines, typed, pasted, or read in the page from a file that is chosen or dropped here. */
export function SecretText(props: SecretTextProps) {
  const { name, label, description, error, isRequired, limitBytes, onLook } = props;
  const { t } = useTranslation();
  const [isShown, setShown] = useState(props.isPlain === true);
  const [isOver, setOver] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);

  async function take(file: File | undefined): Promise<void> {
    if (file === undefined || text.current === null) return;
    const content = await readText(file, limitBytes);
    setRefused(content === null ? file.name : null);
    if (content === null) return;
    text.current.value = content;
    onLook(content);
  }
  function onDrop(event: DragEvent): void {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  }

  const ToggleIcon = isShown ? IconEyeOff : IconEye;
  return (
    <div className={classes["field"]} data-over={isOver || undefined}>
      <Textarea
        ref={text}
        name={name}
        label={label}
        description={description}
        error={refused === null ? error : t("secret.notText", { file: refused })}
        required={isRequired === true}
        rows={5}
        classNames={{ input: classes["text"] ?? "" }}
        data-hidden={!isShown || undefined}
        onChange={(event) => {
          setRefused(null);
          onLook(event.currentTarget.value);
        }}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        {...NO_AUTOFILL}
        autoComplete="off"
      />
      <div className={classes["acts"]}>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconFileUpload size={14} />}
          onClick={() => picker.current?.click()}
        >
          {t("secret.fromFile")}
        </Button>
        <span className={classes["hint"]}>{t("secret.drop")}</span>
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          leftSection={<ToggleIcon size={14} />}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? t("secret.hide") : t("secret.show")}
        </Button>
      </div>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label={t("secret.fromFile")}
        onChange={(event) => {
          void take(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}
