import type { Duplex } from "node:stream";
import type { Docker } from "./engine-api.ts";

/**
 * Opens both directions to a container. Asked for directly, because `attach` of the client sends its options once
 * more as the body of the request, which Podman hands to the container as its first input; see QUIRKS.md.
 */
export function attachWithInput(docker: Docker, containerId: string): Promise<Duplex> {
  const request = {
    // Of a path with a query of its own the client cuts off the last character.
    path: `/containers/${containerId}/attach?`,
    options: { stream: true, stdin: true, stdout: true, stderr: true },
    method: "POST",
    file: Buffer.alloc(0),
    hijack: true,
    isStream: true,
    statusCodes: { 101: true, 200: true, 404: "no such container", 500: "server error" },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error: unknown, stream: unknown) => {
      if (error === null) resolve(stream as Duplex);
      else reject(error);
    });
  });
}
