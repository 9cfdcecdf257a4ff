import { Button, Progress, TextInput } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconLetterCase,
  IconRegex,
  IconSearch,
  IconX,
} from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { toFailure } from "../rpc/index.ts";
import { useFormat } from "../ui/index.ts";
import { BarButton } from "./bar-button.tsx";
import type { FindStore } from "./find-in-log.ts";
import css from "./log-bars.module.css";

export function FindButton({ find }: { readonly find: FindStore }) {
  const { t } = useTranslation("log");
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-xs"
      leftSection={<IconSearch size={14} />}
      onClick={find.getState().actions.open}
    >
      {t("find")}
    </Button>
  );
}

interface FindBarProps {
  readonly find: FindStore;
  readonly onLeave: () => void;
}

/** The search in the view: what is looked for, how many hits there are, and the way through them. */
export function FindBar({ find, onLeave }: FindBarProps) {
  const { t } = useTranslation("log");
  const { text, count, isRegex, isCaseSensitive, isSearching, actions } = useStore(find);
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter") void actions.step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") onLeave();
    else return;
    event.preventDefault();
  }
  return (
    <div className={css["findBar"]}>
      <TextInput
        autoFocus
        size="xs"
        className={css["findField"]}
        aria-label={t("find")}
        placeholder={isRegex ? t("findPatternPlaceholder") : t("findPlaceholder")}
        value={text}
        onChange={(event) => actions.setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <BarButton
        label={t("findCase")}
        isOn={isCaseSensitive}
        icon={<IconLetterCase size={16} />}
        onClick={() => actions.setCaseSensitive(!isCaseSensitive)}
      />
      <BarButton
        label={t("findRegex")}
        isOn={isRegex}
        icon={<IconRegex size={16} />}
        onClick={() => actions.setRegex(!isRegex)}
      />
      <FindCount find={find} />
      <FindProgress find={find} />
      {isSearching && (
        <Button size="compact-xs" variant="default" onClick={actions.cancel}>
          {t("findCancel")}
        </Button>
      )}
      <BarButton
        label={t("findPrevious")}
        icon={<IconArrowUp size={14} />}
        isDisabled={count === 0}
        onClick={() => void actions.step(-1)}
      />
      <BarButton
        label={t("findNext")}
        icon={<IconArrowDown size={14} />}
        isDisabled={count === 0}
        onClick={() => void actions.step(1)}
      />
      <BarButton label={t("findClose")} icon={<IconX size={14} />} onClick={onLeave} />
    </div>
  );
}

function FindCount({ find }: { readonly find: FindStore }) {
  const { t } = useTranslation("log");
  const format = useFormat();
  const { text, count, current, isRegex, isSearching, error } = useStore(find);
  return (
    <span className={css["findCount"]} role="status">
      {said()}
    </span>
  );

  function said(): string {
    if (error !== null) return t(isRegex && isRefused(error) ? "findBadPattern" : "findFailed");
    if (text === "") return "";
    if (count === 0) return t(isSearching ? "findSearching" : "findNothing");
    return saidCount();
  }

  function saidCount(): string {
    const total = `${format.number(count)}${isSearching ? "…" : ""}`;
    return t("findCount", { current: current < 0 ? "–" : format.number(current + 1), total });
  }
}

function isRefused(error: unknown): boolean {
  return toFailure(error).code === "usage.invalid";
}

function FindProgress({ find }: { readonly find: FindStore }) {
  const { t } = useTranslation("log");
  const isSearching = useStore(find, (state) => state.isSearching);
  const progress = useStore(find, (state) => state.progress);
  if (!isSearching) return null;
  return (
    <Progress
      className={css["findProgress"]}
      size="xs"
      value={progress * 100}
      aria-label={t("findSearching")}
    />
  );
}
