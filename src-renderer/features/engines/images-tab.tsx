import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconDownload, IconHammer, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BuildImage, Engine, EngineId, Image } from "#contract/engine.ts";
import { keys, useCommand, useLiveImages, useRpc } from "../../rpc/index.ts";
import { Bytes, type Column, DataTable, EmptyState, parts, RelativeTime } from "../../ui/index.ts";
import { showDone, showFailure, useAskFirst } from "../../workbench/index.ts";
import { BuildDialog } from "./build-dialog.tsx";
import { createEngineJob } from "./engine-job.ts";
import { shortId } from "./engine-words.ts";
import css from "./engines.module.css";
import { JobDialog, type ShownJob } from "./job-dialog.tsx";
import { PruneDialog } from "./prune-dialog.tsx";
import { PullDialog } from "./pull-dialog.tsx";
import { TabFailure } from "./tab-failure.tsx";
import { UsedBy } from "./used-by.tsx";

const keyOf = ({ id }: Image) => id;

/** Images with what uses them; they are pulled, built, removed and pruned here. */
export function ImagesTab({ engine: known }: { readonly engine: Engine }) {
  const { t } = useTranslation("engines");
  const engine = known.id;
  const { images: calls } = useRpc().engines;
  const images = useLiveImages(engine);
  const [dialog, setDialog] = useState<"pull" | "build" | "prune" | null>(null);
  const [shown, setShown] = useState<ShownJob | null>(null);
  const remove = useRemoveImage(engine);
  const columns = useColumns(remove);
  const close = () => setDialog(null);

  function pull(image: string): void {
    close();
    const job = createEngineJob((observer) => calls.pull.subscribe({ engine, image }, observer));
    setShown({ title: t("pull.running", { image }), job });
  }
  function build(request: Omit<BuildImage, "engine">): void {
    close();
    const job = createEngineJob((observer) => calls.build.subscribe({ ...request, engine }, observer));
    setShown({ title: t("build.running", { image: request.name }), job });
  }
  if (images.failure !== null && (images.data === undefined || known.state !== "not-answering")) {
    return <TabFailure engine={known} failure={images.failure} onRetry={images.refetch} />;
  }
  if (images.data === undefined) return null;
  return (
    <>
      <div className={parts["filters"]}>
        <Button leftSection={<IconDownload size={14} />} onClick={() => setDialog("pull")}>
          {t("pull.open")}
        </Button>
        <Button variant="default" leftSection={<IconHammer size={14} />} onClick={() => setDialog("build")}>
          {t("build.open")}
        </Button>
        <Button variant="default" leftSection={<IconTrash size={14} />} onClick={() => setDialog("prune")}>
          {t("prune.open")}
        </Button>
      </div>
      <div className={parts["tableArea"]}>
        <DataTable
          label={t("tab.images")}
          columns={columns}
          rows={images.data}
          rowKey={keyOf}
          initialSort={{ column: "name", isDescending: false }}
          empty={<EmptyState title={t("noImages.title")} hint={t("noImages.hint")} />}
        />
      </div>
      <PullDialog isOpen={dialog === "pull"} onClose={close} onPull={pull} />
      <BuildDialog isOpen={dialog === "build"} onClose={close} onBuild={build} />
      <PruneDialog engine={engine} isOpen={dialog === "prune"} onClose={close} />
      <JobDialog shown={shown} onClose={() => setShown(null)} />
    </>
  );
}

function useRemoveImage(engine: EngineId): (image: Image) => void {
  const { t } = useTranslation("engines");
  const { images } = useRpc().engines;
  const cache = useQueryClient();
  const ask = useAskFirst();
  const command = useCommand(
    (image: Image) => images.remove.mutate({ engine, image: image.id, isForced: image.names.length > 1 }),
    {
      onDone: () => {
        void cache.invalidateQueries({ queryKey: keys.images(engine) });
        showDone(t("removeImage.done"));
      },
      onFailure: showFailure,
    },
  );
  return (image) =>
    ask({
      title: t("removeImage.title", { image: nameOf(image) }),
      text:
        image.names.length > 1
          ? t("removeImage.textNames", { names: image.names.join(", ") })
          : t("removeImage.text"),
      confirm: t("remove.confirm"),
      onConfirm: () => command.run(image),
    });
}

function nameOf({ id, names }: Image): string {
  return names[0] ?? shortId(id);
}

function useColumns(onRemove: (image: Image) => void): readonly Column<Image>[] {
  const { t } = useTranslation("engines");
  return useMemo(
    (): readonly Column<Image>[] => [
      {
        key: "name",
        header: t("column.name"),
        width: "minmax(200px, 3fr)",
        sortValue: ({ names }) => names[0] ?? null,
        render: (image) => (
          <span
            className={image.names.length === 0 ? parts["dimmed"] : css["name"]}
            title={image.names.join("\n")}
          >
            {image.names.length === 0 ? t("noName") : image.names.join(", ")}
          </span>
        ),
      },
      {
        key: "id",
        header: t("fact.id"),
        width: "124px",
        render: ({ id }) => <span className={css["mono"]}>{shortId(id)}</span>,
      },
      {
        key: "size",
        header: t("column.size"),
        width: "104px",
        align: "end",
        beginsDescending: true,
        sortValue: ({ sizeBytes }) => sizeBytes,
        render: ({ sizeBytes }) => <Bytes sizeBytes={sizeBytes} />,
      },
      {
        key: "created",
        header: t("fact.created"),
        width: "152px",
        beginsDescending: true,
        sortValue: ({ createdAtMs }) => createdAtMs,
        render: ({ createdAtMs }) => <RelativeTime atMs={createdAtMs} />,
      },
      {
        key: "usedBy",
        header: t("column.usedBy"),
        width: "minmax(160px, 2fr)",
        sortValue: ({ usedBy }) => usedBy.length,
        render: ({ usedBy }) => <UsedBy names={usedBy} />,
      },
      {
        key: "acts",
        header: "",
        width: "52px",
        align: "end",
        render: (image) => (
          <Tooltip label={image.usedBy.length > 0 ? t("removeImage.inUse") : t("act.remove")}>
            <ActionIcon
              size="sm"
              aria-label={t("removeImage.label", { image: nameOf(image) })}
              disabled={image.usedBy.length > 0}
              onClick={() => onRemove(image)}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        ),
      },
    ],
    [t, onRemove],
  );
}
