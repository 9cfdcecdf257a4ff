import { Button, TextInput } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Container, EngineId } from "#contract/engine.ts";
import { type Failure, toFailure, useRpc } from "../../rpc/index.ts";
import { Bytes, ErrorPanel, parts, saveFile } from "../../ui/index.ts";
import { showDone } from "../../workbench/index.ts";
import { fromBase64 } from "./base64.ts";
import { collectStream } from "./collect-stream.ts";
import css from "./container-page.module.css";

interface ContainerFilesProps {
  readonly engine: EngineId;
  readonly container: Container;
}

/** Saves a file or a folder out of a container as a tar archive. */
export function ContainerFiles({ engine, container }: ContainerFilesProps) {
  const { t } = useTranslation(["engines", "common"]);
  const { containers } = useRpc().engines;
  const [path, setPath] = useState("");
  const [received, setReceived] = useState<number | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const cancel = useRef<AbortController | null>(null);
  useEffect(() => () => cancel.current?.abort(), []);
  const isSound = path.startsWith("/");

  async function download(): Promise<void> {
    const controller = new AbortController();
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    cancel.current = controller;
    setFailure(null);
    setReceived(0);
    try {
      await collectStream<string>({
        subscribe: (observer) =>
          containers.download.subscribe({ engine, container: container.id, path }, observer),
        onData(base64) {
          const bytes = fromBase64(base64);
          pieces.push(bytes);
          size += bytes.length;
          setReceived(size);
        },
        signal: controller.signal,
      });
      saveFile(fileName(container.name, path), new Blob(pieces, { type: "application/x-tar" }));
      showDone(t("files.done", { path }));
    } catch (error) {
      if (!controller.signal.aborted) setFailure(toFailure(error));
    } finally {
      setReceived(null);
    }
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isSound && received === null) void download();
  }
  return (
    <form onSubmit={submit} noValidate>
      <p className={css["lead"]}>{t("files.text")}</p>
      <div className={css["bar"]}>
        <TextInput
          className={css["path"]}
          aria-label={t("files.path")}
          placeholder="/etc/hosts"
          value={path}
          error={path === "" || isSound ? undefined : t("files.problem")}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <Button
          type="submit"
          size="sm"
          leftSection={<IconDownload size={14} />}
          loading={received !== null}
          disabled={!isSound}
        >
          {t("files.download")}
        </Button>
        {received !== null && (
          <>
            <Button variant="default" size="sm" onClick={() => cancel.current?.abort()}>
              {t("common:dialog.cancel")}
            </Button>
            <span role="status" className={parts["dimmed"]}>
              <Bytes sizeBytes={received} />
            </span>
          </>
        )}
      </div>
      {failure !== null && <ErrorPanel isInline failure={failure} />}
    </form>
  );
}

function fileName(container: string, path: string): string {
  const last = path.split("/").findLast((part) => part !== "") ?? "root";
  return `${container}-${last}.tar`;
}
