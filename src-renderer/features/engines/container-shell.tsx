import { Button, TextInput } from "@mantine/core";
import { IconPlayerPlay, IconTerminal2 } from "@tabler/icons-react";
import { type FormEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Container, EngineId } from "#contract/engine.ts";
import { type Failure, toFailure, useRpc } from "../../rpc/index.ts";
import { EmptyState, ErrorPanel, Later, lazyPart } from "../../ui/index.ts";
import { canAct } from "./container-rules.ts";
import css from "./container-shell.module.css";
import { createShellLine } from "./shell-line.ts";
import { splitCommand } from "./shell-text.ts";
import type { TerminalProps } from "./terminal.tsx";
import type { ContainerActs } from "./use-container-acts.tsx";

export const Terminal = lazyPart<TerminalProps>(async () => (await import("./terminal.tsx")).Terminal);

/** The better shell where there is one; most images have at least the plain one. */
const FIRST_COMMAND = "/bin/sh -c 'command -v bash >/dev/null && exec bash || exec sh'";

interface ContainerShellProps {
  readonly engine: EngineId;
  readonly container: Container;
  readonly acts: ContainerActs;
}

/** A shell inside a running container. It ends when it is left. */
export function ContainerShell({ engine, container, acts }: ContainerShellProps) {
  const { t } = useTranslation("engines");
  const [opened, setOpened] = useState({ command: FIRST_COMMAND, count: 1 });
  if (container.state !== "running") {
    return (
      <EmptyState
        icon={<IconTerminal2 size={32} stroke={1.5} />}
        title={t("shell.notRunning", { name: container.name })}
        hint={t("shell.notRunningHint")}
      >
        {canAct(container, "start") && (
          <Button leftSection={<IconPlayerPlay size={14} />} onClick={() => acts.act([container], "start")}>
            {t("act.start")}
          </Button>
        )}
      </EmptyState>
    );
  }
  return (
    <OneShell
      key={`${container.startedAtMs} ${opened.count}`}
      engine={engine}
      container={container.id}
      command={opened.command}
      onOpen={(command) => setOpened({ command, count: opened.count + 1 })}
    />
  );
}

interface OneShellProps {
  readonly engine: EngineId;
  readonly container: string;
  readonly command: string;
  readonly onOpen: (command: string) => void;
}

function OneShell({ engine, container, command, onOpen }: OneShellProps) {
  const { t } = useTranslation("engines");
  const { shells } = useRpc().engines;
  const [ended, setEnded] = useState<{ readonly exitCode: number | null } | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const line = useMemo(
    () =>
      createShellLine({
        shells,
        engine,
        container,
        command: splitCommand(command) ?? [],
        onEnd: (exitCode) => setEnded({ exitCode }),
        onFailed: (error) => setFailure(toFailure(error)),
      }),
    [shells, engine, container, command],
  );
  const isOver = ended !== null || failure !== null;
  return (
    <section className={css["shell"]}>
      <CommandBar command={command} isOver={isOver} onOpen={onOpen} />
      {ended !== null && (
        <p role="status" className={css["ended"]}>
          {ended.exitCode === null ? t("shell.ended") : t("shell.exitCode", { exitCode: ended.exitCode })}
        </p>
      )}
      {failure !== null && <ErrorPanel isInline failure={failure} onRetry={() => onOpen(command)} />}
      <Later>
        <Terminal label={t("shell.label")} line={line} isOver={isOver} />
      </Later>
    </section>
  );
}

interface CommandBarProps {
  readonly command: string;
  readonly isOver: boolean;
  readonly onOpen: (command: string) => void;
}

function CommandBar({ command, isOver, onOpen }: CommandBarProps) {
  const { t } = useTranslation("engines");
  const [text, setText] = useState(command === FIRST_COMMAND ? "" : command);
  const words = splitCommand(text);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (words !== null) onOpen(words.length === 0 ? FIRST_COMMAND : text);
  }
  return (
    <form className={css["bar"]} onSubmit={submit} noValidate>
      <TextInput
        className={css["command"]}
        size="xs"
        aria-label={t("shell.command")}
        placeholder={t("shell.commandHint")}
        value={text}
        error={words === null ? t("shell.openQuote") : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" variant={isOver ? "filled" : "default"} disabled={words === null}>
        {isOver ? t("shell.again") : t("shell.another")}
      </Button>
      <span className={css["note"]}>{t("shell.note")}</span>
    </form>
  );
}
