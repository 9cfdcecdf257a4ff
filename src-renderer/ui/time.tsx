import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNow } from "./now.ts";
import { useFormat } from "./use-language.ts";

/** `3 min ago`, with the exact time on hover. */
export function RelativeTime({ atMs }: { readonly atMs: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(atMs !== null);
  if (atMs === null) return <span>{t("time.never")}</span>;
  return (
    <Tooltip label={format.exact(atMs)}>
      <time dateTime={new Date(atMs).toISOString()}>{format.relative(atMs, now)}</time>
    </Tooltip>
  );
}

export interface DurationProps {
  readonly fromMs: number | null;
  /** Null while it goes on: then it counts. */
  readonly toMs: number | null;
}

/** `1 m 12 s`; counts while there is no end. A dash when it has not begun. */
export function Duration({ fromMs, toMs }: DurationProps) {
  const format = useFormat();
  const now = useNow(fromMs !== null && toMs === null);
  if (fromMs === null) return <span>–</span>;
  return <span className="ph-figures">{format.duration((toMs ?? now) - fromMs)}</span>;
}

/** `1.5 MiB`, with the number of bytes on hover. */
export function Bytes({ sizeBytes }: { readonly sizeBytes: number }) {
  const format = useFormat();
  return (
    <span className="ph-figures" title={format.number(sizeBytes)}>
      {format.bytes(sizeBytes)}
    </span>
  );
}
