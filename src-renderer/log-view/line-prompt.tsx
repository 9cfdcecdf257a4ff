import { TextInput } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../ui/index.ts";
import { type JumpTarget, jumpTargetOf } from "./jump-target.ts";
import css from "./log-bars.module.css";

export interface LinePromptProps {
  readonly lineCount: number;
  /** A moment of the day that times without a day mean: the log's last. */
  readonly dayMs: number;
  readonly onGo: (target: JumpTarget) => void;
  readonly onLeave: () => void;
}

/** Asks which line or time to go to. Enter goes, Escape leaves everything as it is. */
export function LinePrompt({ lineCount, dayMs, onGo, onLeave }: LinePromptProps) {
  const { t } = useTranslation("log");
  const format = useFormat();
  const [text, setText] = useState("");
  const target = jumpTargetOf(text, lineCount, dayMs);
  function onKeyDown(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Enter" && target !== null) onGo(target);
    if (event.key === "Escape" || target !== null) onLeave();
  }
  return (
    <div className={css["linePrompt"]}>
      <TextInput
        autoFocus
        size="xs"
        label={t("goTo", { last: format.number(lineCount) })}
        description={t("goToTime")}
        value={text}
        error={text !== "" && target === null ? t("goToWrong") : null}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={onLeave}
      />
    </div>
  );
}
