import { useTranslation } from "react-i18next";
import type { Container, ContainerLogPiece, EngineId } from "#contract/engine.ts";
import { useCommand, useRpc } from "../../rpc/index.ts";
import { saveFile } from "../../ui/index.ts";
import { showDone, showFailure } from "../../workbench/index.ts";
import { fromBase64 } from "./base64.ts";
import { collectStream } from "./collect-stream.ts";

/** Writes the whole log, as the engine has it, into a file. */
export function useSaveLog(engine: EngineId, { id, name }: Container) {
  const { t } = useTranslation("engines");
  const { containers } = useRpc().engines;
  return useCommand(
    async (_: undefined) => {
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      await collectStream<ContainerLogPiece>({
        subscribe: (observer) =>
          containers.logs.subscribe({ engine, container: id, isFollowing: false }, observer),
        onData: ({ base64 }) => pieces.push(fromBase64(base64)),
        signal: new AbortController().signal,
      });
      saveFile(`${name}.log`, new Blob(pieces, { type: "text/plain" }));
    },
    { onDone: () => showDone(t("log.saved")), onFailure: showFailure },
  );
}
