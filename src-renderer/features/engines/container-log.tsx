import { Button, Tooltip } from "@mantine/core";
import { IconArrowBarToDown, IconDownload, IconTextWrap } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { Container, EngineId } from "#contract/engine.ts";
import { LineText } from "../../log-view/index.ts";
import { toFailure, useRpc } from "../../rpc/index.ts";
import { ErrorPanel } from "../../ui/index.ts";
import { usePreferences } from "../../workbench/index.ts";
import css from "./container-log.module.css";
import { type ContainerLogStore, createContainerLog } from "./container-log-store.ts";
import { FindField } from "./find-field.tsx";
import { findLines } from "./line-buffer.ts";
import { useSaveLog } from "./use-save-log.ts";

/** Lines asked for when a log is opened. */
const FIRST_LINES = 5_000;
const ROW_PX = 20;
const NEAR_END_PX = 4;

interface ContainerLogProps {
  readonly engine: EngineId;
  readonly container: Container;
}

/** The live log of a container. It shows text and nothing else; see `log-view/safe-spans.ts`. */
export function ContainerLog({ engine, container }: ContainerLogProps) {
  // What is started again writes a log that goes on, but its stream had ended.
  return <OneLog key={container.startedAtMs ?? 0} engine={engine} container={container} />;
}

function useLog(engine: EngineId, container: string) {
  const { containers } = useRpc().engines;
  const [attempt, setAttempt] = useState(0);
  const log = useMemo(
    () =>
      createContainerLog({
        follow: (observer) => {
          const subscription = containers.logs.subscribe(
            { engine, container, tailLines: FIRST_LINES },
            {
              onStarted: observer.onStart,
              onData: observer.onPiece,
              onComplete: observer.onEnd,
              onError: observer.onFailed,
            },
          );
          return () => subscription.unsubscribe();
        },
        beforePaint: (action) => {
          const frame = requestAnimationFrame(action);
          return () => cancelAnimationFrame(frame);
        },
      }),
    [containers, engine, container],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another stream
  useEffect(() => log.attach(), [log, attempt]);
  return { log, retry: () => setAttempt(attempt + 1) };
}

function OneLog({ engine, container }: ContainerLogProps) {
  const { t } = useTranslation("engines");
  const { settings, change } = usePreferences();
  const { log, retry } = useLog(engine, container.id);
  const { error, lines, status } = useStore(log.store);
  const [find, setFind] = useState("");
  const [place, setPlace] = useState(0);
  const [isFollowing, setFollowing] = useState(true);
  const hits = useMemo(() => findLines(lines, find), [lines, find]);
  const current = hits.length === 0 ? null : (hits[place % hits.length] ?? null);
  const save = useSaveLog(engine, container);

  function step(by: number): void {
    if (hits.length === 0) return;
    setFollowing(false);
    setPlace((place + by + hits.length) % hits.length);
  }
  return (
    <section className={css["log"]} aria-label={t("log.label")}>
      <div className={css["bar"]}>
        <FindField
          label={t("log.find")}
          value={find}
          count={hits.length}
          current={current === null ? 0 : (place % hits.length) + 1}
          onChange={(text) => {
            setFind(text);
            setPlace(0);
          }}
          onStep={step}
        />
        <span className={css["status"]}>{t(`log.status.${status}`)}</span>
        <Tooltip label={t("log.wrapHint")}>
          <Button
            variant={settings.logWrap ? "light" : "default"}
            aria-pressed={settings.logWrap}
            leftSection={<IconTextWrap size={14} />}
            onClick={() => change({ logWrap: !settings.logWrap })}
          >
            {t("log.wrap")}
          </Button>
        </Tooltip>
        <Button
          variant={isFollowing ? "light" : "default"}
          aria-pressed={isFollowing}
          leftSection={<IconArrowBarToDown size={14} />}
          onClick={() => setFollowing(!isFollowing)}
        >
          {t("log.follow")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={14} />}
          loading={save.isBusy}
          onClick={() => save.run(undefined)}
        >
          {t("log.save")}
        </Button>
      </div>
      {status === "failed" && <ErrorPanel isInline failure={toFailure(error)} onRetry={retry} />}
      <Lines
        log={log}
        find={find}
        current={current}
        isFollowing={isFollowing}
        isWrapped={settings.logWrap}
        onFollow={setFollowing}
      />
    </section>
  );
}

interface LinesProps {
  readonly log: ContainerLogStore;
  readonly find: string;
  /** Place of the hit that is looked at. */
  readonly current: number | null;
  readonly isFollowing: boolean;
  readonly isWrapped: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
}

function Lines({ log, find, current, isFollowing, isWrapped, onFollow }: LinesProps) {
  const { t } = useTranslation("engines");
  const { droppedLines, lines, status } = useStore(log.store);
  const frame = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => lines[index]?.number ?? index,
    overscan: 20,
  });
  const marked = useMemo(() => (find === "" ? null : { text: find, isCaseSensitive: false }), [find]);
  useEffect(() => {
    if (isFollowing && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: "end" });
  }, [isFollowing, lines, virtual]);
  useEffect(() => {
    if (current !== null) virtual.scrollToIndex(current, { align: "center" });
  }, [current, virtual]);

  /** Whoever scrolls up wants to read; whoever scrolls to the end wants to follow. */
  function onScroll(): void {
    const element = frame.current;
    if (element === null) return;
    const isUp = element.scrollTop < lastTop.current - 1;
    lastTop.current = element.scrollTop;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    if (isFollowing && isUp && !isAtEnd) onFollow(false);
    else if (!isFollowing && isAtEnd && !isUp && status === "live") onFollow(true);
  }
  return (
    <>
      {droppedLines > 0 && <p className={css["dropped"]}>{t("log.dropped", { count: droppedLines })}</p>}
      <div
        ref={frame}
        className={css["frame"]}
        role="log"
        aria-live="off"
        aria-label={t("log.label")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls has to be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
      >
        {lines.length === 0 && (status === "live" || status === "ended") && (
          <p className={css["empty"]}>{t("log.empty")}</p>
        )}
        <div className={css["space"]} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const line = lines[index];
            if (line === undefined) return null;
            return (
              <div
                key={key}
                ref={isWrapped ? virtual.measureElement : undefined}
                data-index={index}
                data-stream={line.stream}
                data-wrapped={isWrapped || undefined}
                data-current={index === current || undefined}
                className={css["row"]}
                style={{ transform: `translateY(${start}px)` }}
              >
                <span className={css["number"]}>{line.number}</span>
                <span className={css["stream"]}>{line.stream === "stderr" ? "err" : ""}</span>
                <span className={css["text"]}>
                  <LineText text={line.text} isExpanded={isWrapped} find={marked} />
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
