export type { AuditRecords, NewAuditEntry } from "./audit-records.ts";
export { type AuditedAct, AuditTrail, type AuditTrailDeps } from "./audit-trail.ts";
