import {
  type AuditCheck,
  type AuditExport,
  type AuditNames,
  type AuditPage,
  type ExportAudit,
  exportAuditSchema,
  type ListAudit,
  listAuditSchema,
} from "#contract/audit.ts";
import { procedure, router } from "./base.ts";

/** What the audit router asks of the core. There is nothing to change here. */
export interface AuditFace {
  list(request: ListAudit): AuditPage;
  /** What there is to filter by. */
  names(): AuditNames;
  /** Checks the whole chain, a piece at a time so that nothing else waits. */
  verify(): Promise<AuditCheck>;
  /** The next piece of an export. */
  export(request: ExportAudit): AuditExport;
}

export function createAuditRouter(audit: AuditFace) {
  return router({
    list: procedure.input(listAuditSchema).query(({ input }) => audit.list(input)),
    names: procedure.query(() => audit.names()),
    verify: procedure.query(() => audit.verify()),
    export: procedure.input(exportAuditSchema).query(({ input }) => audit.export(input)),
  });
}
