import type { Readable } from "node:stream";
import type { Docker } from "./engine-api.ts";

export interface LogRequest {
  readonly containerId: string;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** In whole seconds since 1970; 0 is from the beginning. */
  readonly since: number;
  /** Whether each message begins with its time. */
  readonly timestamps: boolean;
}

/** The log of a container as it is now, piece by piece; `logs` of the client would hold all of it in memory. */
export function readLog(docker: Docker, { containerId, ...options }: LogRequest): Promise<Readable> {
  const request = {
    path: `/containers/${containerId}/logs?`,
    method: "GET",
    options,
    isStream: true,
    statusCodes: { 200: true, 404: "no such container", 409: "conflict", 500: "server error" },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error: unknown, stream: unknown) => {
      if (error === null) resolve(stream as Readable);
      else reject(error);
    });
  });
}
