import { randomBytes } from "node:crypto";
import type { AppLog } from "#main/platform/index.ts";
import type { RpcContext } from "#main/rpc/index.ts";

/** Writes bugs to Pilothouse's own log, each under a number that a person can name. */
export function createBugReport(log: Pick<AppLog, "write">): RpcContext["reportBug"] {
  return (error, path) => {
    const incident = randomBytes(5).toString("hex");
    log.write({ level: "error", message: `bug in ${path}`, incident, error });
    return incident;
  };
}
