import { Button, Group, Modal, Progress } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { safeText } from "../../log-view/index.ts";
import { toFailure } from "../../rpc/index.ts";
import { CopyButton, ErrorPanel, useFormat } from "../../ui/index.ts";
import { type EngineJob, jobShare, type LayerProgress } from "./engine-job.ts";
import css from "./job-dialog.module.css";

export interface ShownJob {
  readonly title: string;
  readonly job: EngineJob;
}

interface JobDialogProps {
  readonly shown: ShownJob | null;
  readonly onClose: () => void;
}

/** A pull, a build or a compose command while it goes on. It is cancelled or waited for, never lost from sight. */
export function JobDialog({ shown, onClose }: JobDialogProps) {
  const { t } = useTranslation("common");
  return (
    <Modal
      opened={shown !== null}
      onClose={() => {
        shown?.job.cancel();
        onClose();
      }}
      title={shown?.title}
      size="lg"
      closeOnEscape={false}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t("dialog.close") }}
    >
      {shown !== null && <Job job={shown.job} onClose={onClose} />}
    </Modal>
  );
}

function Job({ job, onClose }: { readonly job: EngineJob; readonly onClose: () => void }) {
  const { t } = useTranslation(["engines", "common"]);
  const { error, layers, output, status } = useStore(job.store);
  const share = jobShare(layers);
  const isRunning = status === "running";
  return (
    <>
      <p role="status" className={css["status"]}>
        {t(`job.${status}`)}
      </p>
      {isRunning && <Progress value={share === null ? 100 : share * 100} animated={share === null} />}
      {layers.length > 0 && (
        <ul className={css["layers"]} aria-label={t("job.layers")}>
          {layers.map((layer) => (
            <Layer key={layer.layer} layer={layer} />
          ))}
        </ul>
      )}
      {output !== "" && <Output text={output} />}
      {status === "failed" && <ErrorPanel isInline failure={toFailure(error)} />}
      <Group justify="flex-end" gap="sm" mt="lg">
        {output !== "" && <CopyButton isText value={output} label={t("job.copy")} />}
        {isRunning ? (
          <Button variant="default" onClick={job.cancel}>
            {t("common:dialog.cancel")}
          </Button>
        ) : (
          <Button data-autofocus onClick={onClose}>
            {t("common:dialog.close")}
          </Button>
        )}
      </Group>
    </>
  );
}

function Layer({ layer }: { readonly layer: LayerProgress }) {
  const format = useFormat();
  const { doneBytes, totalBytes } = layer;
  return (
    <li className={css["layer"]}>
      <code>{layer.layer.slice(0, 12)}</code>
      <span>{layer.text}</span>
      <span className="ph-figures">
        {doneBytes !== null &&
          totalBytes !== null &&
          `${format.bytes(doneBytes)} / ${format.bytes(totalBytes)}`}
      </span>
    </li>
  );
}

function Output({ text }: { readonly text: string }) {
  const { t } = useTranslation("engines");
  const frame = useRef<HTMLPreElement>(null);
  const shown = useMemo(() => text.split("\n").map(safeText).join("\n"), [text]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new text moves the end
  useEffect(() => {
    const element = frame.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, [text]);
  return (
    <pre
      ref={frame}
      className={css["output"]}
      role="log"
      aria-live="off"
      aria-label={t("job.output")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls has to be reachable by keyboard
      tabIndex={0}
    >
      {shown}
    </pre>
  );
}
