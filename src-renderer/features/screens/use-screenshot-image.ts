import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { screenshotIdSchema } from "#contract/ids.ts";
import type { Screenshot } from "#contract/run.ts";
import { type Failure, keys, toFailure, useRpc } from "../../rpc/index.ts";

/** How long an image that nobody looks at stays in memory. */
const KEEP_MS = 60_000;

/** Address of a screenshot's image for as long as it is shown; null until it is here. */
export function useScreenshotImage({ runId, id, mimeType }: Screenshot): {
  readonly url: string | null;
  readonly failure: Failure | null;
} {
  const { screens } = useRpc();
  const { data, error } = useQuery({
    queryKey: [...keys.screens(runId), "image", id],
    queryFn: async ({ signal }) => {
      const base64 = await screens.read.query({ runId, id: screenshotIdSchema.parse(id) }, { signal });
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      return new Blob([bytes], { type: mimeType });
    },
    gcTime: KEEP_MS,
  });
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (data === undefined) return;
    const made = URL.createObjectURL(data);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl(null);
    };
  }, [data]);
  return { url, failure: error === null ? null : toFailure(error) };
}
