import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RunId } from "#contract/ids.ts";
import type { Screenshot } from "#contract/run.ts";
import { useLiveScreenshots } from "../../rpc/index.ts";
import { ErrorPanel, useFormat } from "../../ui/index.ts";
import css from "./screens.module.css";
import { ScreenshotViewer } from "./screenshot-viewer.tsx";
import { useScreenshotImage } from "./use-screenshot-image.ts";

interface ScreenshotsPanelProps {
  readonly runId: RunId;
  /** More may come. */
  readonly isLive: boolean;
}

/** Screenshots of a run, newest first; they appear as they are taken. A click opens the viewer. */
export function ScreenshotsPanel({ runId, isLive }: ScreenshotsPanelProps) {
  const { t } = useTranslation("runs");
  const { data, failure, refetch } = useLiveScreenshots(runId);
  const [openId, setOpenId] = useState<string | null>(null);
  if (failure !== null) return <ErrorPanel isInline failure={failure} onRetry={refetch} />;
  if (data === undefined) return null;
  if (data.length === 0)
    return <p className={css["hint"]}>{isLive ? t("screens.noneYet") : t("screens.none")}</p>;
  return (
    <>
      <ul className={css["strip"]}>
        {[...data].reverse().map((screenshot) => (
          <li key={screenshot.id}>
            <Thumbnail screenshot={screenshot} onOpen={() => setOpenId(screenshot.id)} />
          </li>
        ))}
      </ul>
      <ScreenshotViewer screenshots={data} openId={openId} onOpen={setOpenId} />
    </>
  );
}

/** A screenshot at its place in a log. */
export function LogThumbnail(props: { readonly screenshot: Screenshot; readonly onOpen: () => void }) {
  return (
    <span className={css["inLog"]}>
      <Thumbnail {...props} />
    </span>
  );
}

function Thumbnail({ screenshot, onOpen }: { readonly screenshot: Screenshot; readonly onOpen: () => void }) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const { url, failure } = useScreenshotImage(screenshot);
  const time = format.timeOfDay(screenshot.atMs);
  return (
    <button type="button" className={css["thumbnail"]} onClick={onOpen}>
      <span className={css["picture"]}>
        {url !== null && <img src={url} alt={t("screens.at", { time })} />}
        {failure !== null && <span className={css["broken"]}>{t("screens.broken")}</span>}
      </span>
      <span className={css["caption"]}>
        <span>{time}</span>
        <span className={css["size"]}>
          {screenshot.width} × {screenshot.height}
        </span>
      </span>
    </button>
  );
}
