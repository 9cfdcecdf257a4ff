import { Button, Checkbox, Group, Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EngineId, PruneList } from "#contract/engine.ts";
import { keys, useCommand, usePrunePreview, useRpc } from "../../rpc/index.ts";
import { ErrorPanel, parts, useFormat } from "../../ui/index.ts";
import { showDone } from "../../workbench/index.ts";
import { shortId } from "./engine-words.ts";
import css from "./engines.module.css";

interface PruneDialogProps {
  readonly engine: EngineId;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Shows what a prune would remove, and only then asks. */
export function PruneDialog({ engine, isOpen, onClose }: PruneDialogProps) {
  const { t } = useTranslation(["engines", "common"]);
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("prune.title")}
      size="lg"
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      {isOpen && <Question engine={engine} onClose={onClose} />}
    </Modal>
  );
}

function Question({ engine, onClose }: Omit<PruneDialogProps, "isOpen">) {
  const { t } = useTranslation(["engines", "common"]);
  const { images } = useRpc().engines;
  const format = useFormat();
  const cache = useQueryClient();
  const [withVolumes, setWithVolumes] = useState(false);
  const preview = usePrunePreview({ engine, withVolumes });
  const prune = useCommand(() => images.prune.mutate({ engine, withVolumes }), {
    onDone: ({ freedBytes }) => {
      for (const key of [keys.images(engine), keys.volumes(engine), keys.networks(engine)]) {
        void cache.invalidateQueries({ queryKey: key });
      }
      showDone(t("prune.done", { size: format.bytes(freedBytes) }));
      onClose();
    },
  });
  const count =
    preview.data === undefined ? 0 : PARTS.reduce((sum, part) => sum + (preview.data?.[part].length ?? 0), 0);
  return (
    <>
      <p className={css["paragraph"]}>{t("prune.text")}</p>
      {preview.failure !== null && (
        <ErrorPanel isInline failure={preview.failure} onRetry={preview.refetch} />
      )}
      {preview.isPending && <p className={parts["dimmed"]}>{t("prune.looking")}</p>}
      {preview.data !== undefined && <Preview list={preview.data} count={count} />}
      <Checkbox
        label={t("prune.withVolumes")}
        description={t("remove.withVolumesHint")}
        checked={withVolumes}
        onChange={(event) => setWithVolumes(event.currentTarget.checked)}
      />
      {prune.failure !== null && <ErrorPanel isInline failure={prune.failure} />}
      <Group justify="flex-end" gap="sm" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("common:dialog.cancel")}
        </Button>
        <Button
          color="red"
          loading={prune.isBusy}
          disabled={count === 0}
          onClick={() => prune.run(undefined)}
        >
          {t("prune.confirm", { count })}
        </Button>
      </Group>
    </>
  );
}

const PARTS = ["containers", "images", "volumes", "networks"] as const;

function Preview({ list, count }: { readonly list: PruneList; readonly count: number }) {
  const { t } = useTranslation("engines");
  const format = useFormat();
  if (count === 0) return <p className={css["paragraph"]}>{t("prune.nothing")}</p>;
  return (
    <div className={css["prune"]}>
      {PARTS.filter((part) => list[part].length > 0).map((part) => (
        <section key={part} aria-label={t(`tab.${part}`)}>
          <h3>{`${t(`tab.${part}`)}: ${format.number(list[part].length)}`}</h3>
          <ul>
            {list[part].map((name) => (
              <li key={name}>{/^(sha256:)?[0-9a-f]{64}$/.test(name) ? shortId(name) : name}</li>
            ))}
          </ul>
        </section>
      ))}
      {list.freedBytes > 0 && (
        <p className={css["paragraph"]}>{t("prune.frees", { size: format.bytes(list.freedBytes) })}</p>
      )}
    </div>
  );
}
