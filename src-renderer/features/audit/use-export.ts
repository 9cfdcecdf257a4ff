import { useTranslation } from "react-i18next";
import type { AUDIT_FORMATS, AuditFilter } from "#contract/audit.ts";
import { useCommand, useRpc } from "../../rpc/index.ts";
import { saveFile } from "../../ui/index.ts";
import { showDone, showFailure } from "../../workbench/index.ts";

export type AuditFormat = (typeof AUDIT_FORMATS)[number];

const MEDIA_TYPES: Record<AuditFormat, string> = { jsonl: "application/x-ndjson", csv: "text/csv" };

export interface AuditExporter {
  readonly run: (format: AuditFormat) => void;
  readonly isBusy: boolean;
}

/** Writes all entries of a filter into a file, piece by piece, oldest first. */
export function useExport(filter: AuditFilter): AuditExporter {
  const { t } = useTranslation("audit");
  const rpc = useRpc();
  const command = useCommand(
    async (format: AuditFormat) => {
      const pieces: string[] = [];
      let afterSeq: number | null = 0;
      while (afterSeq !== null) {
        const piece: { readonly text: string; readonly nextAfterSeq: number | null } =
          await rpc.audit.export.query({ ...filter, format, afterSeq });
        pieces.push(piece.text);
        afterSeq = piece.nextAfterSeq;
      }
      saveFile(`pilothouse-audit.${format}`, new Blob(pieces, { type: MEDIA_TYPES[format] }));
      return format;
    },
    { onDone: (format) => showDone(t("export.done", { format })), onFailure: showFailure },
  );
  return { run: command.run, isBusy: command.isBusy };
}
