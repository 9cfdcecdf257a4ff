import { ActionIcon, Modal, Tooltip } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Screenshot } from "#contract/run.ts";
import { ErrorPanel, useFormat } from "../../ui/index.ts";
import css from "./screens.module.css";
import { useScreenshotImage } from "./use-screenshot-image.ts";

interface ScreenshotViewerProps {
  /** Oldest first. */
  readonly screenshots: readonly Screenshot[];
  readonly openId: string | null;
  readonly onOpen: (id: string | null) => void;
}

/** One screenshot large: arrows go through them, + and − or a click change its size, Escape closes. */
export function ScreenshotViewer({ screenshots, openId, onOpen }: ScreenshotViewerProps) {
  const { t } = useTranslation("runs");
  const { t: common } = useTranslation();
  const format = useFormat();
  const [isWholeSize, setWholeSize] = useState(false);
  const place = screenshots.findIndex((screenshot) => screenshot.id === openId);
  const shown = screenshots[place];
  const go = (by: 1 | -1) => {
    const next = screenshots[place + by];
    if (next !== undefined) onOpen(next.id);
  };
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "ArrowLeft") go(-1);
    else if (event.key === "ArrowRight") go(1);
    else if (event.key === "+" || event.key === "=") setWholeSize(true);
    else if (event.key === "-") setWholeSize(false);
  }
  return (
    <Modal
      opened={shown !== undefined}
      onClose={() => onOpen(null)}
      size="auto"
      onKeyDown={onKeyDown}
      closeButtonProps={{ "aria-label": common("dialog.close") }}
      title={
        shown !== undefined && (
          <span className={css["viewerTitle"]}>
            <span>{format.exact(shown.atMs)}</span>
            <span className={css["size"]}>
              {t("screens.place", { place: place + 1, total: screenshots.length })} · {shown.width} ×{" "}
              {shown.height} · {format.bytes(shown.sizeBytes)}
            </span>
          </span>
        )
      }
    >
      {shown !== undefined && (
        <>
          <div className={css["viewerBar"]}>
            <Tool label={t("screens.previous")} isDisabled={place <= 0} onClick={() => go(-1)}>
              <IconChevronLeft size={16} />
            </Tool>
            <Tool
              label={t("screens.next")}
              isDisabled={place >= screenshots.length - 1}
              onClick={() => go(1)}
            >
              <IconChevronRight size={16} />
            </Tool>
            <Tool
              label={isWholeSize ? t("screens.fit") : t("screens.wholeSize")}
              onClick={() => setWholeSize(!isWholeSize)}
            >
              {isWholeSize ? <IconZoomOut size={16} /> : <IconZoomIn size={16} />}
            </Tool>
          </div>
          <Picture key={shown.id} screenshot={shown} isWholeSize={isWholeSize} />
        </>
      )}
    </Modal>
  );
}

interface ToolProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly isDisabled?: boolean;
  readonly children: ReactNode;
}

function Tool({ label, onClick, isDisabled = false, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" aria-label={label} disabled={isDisabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Picture({
  screenshot,
  isWholeSize,
}: {
  readonly screenshot: Screenshot;
  readonly isWholeSize: boolean;
}) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const { url, failure } = useScreenshotImage(screenshot);
  if (failure !== null) return <ErrorPanel isInline failure={failure} />;
  return (
    <div className={css["stage"]} data-whole={isWholeSize || undefined}>
      {url !== null && (
        <img
          src={url}
          width={screenshot.width}
          height={screenshot.height}
          alt={t("screens.at", { time: format.exact(screenshot.atMs) })}
        />
      )}
    </div>
  );
}
