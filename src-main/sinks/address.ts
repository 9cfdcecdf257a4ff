import { AppError } from "#contract/errors.ts";

/**
 * Refuses addresses that would show a secret: one that is written into it, and a credential over a connection that
 * others can read.
 *
 * @throws AppError `sink.invalid`
 */
export function assertAddress(
  sink: string,
  { credential, url: text }: { readonly url: string; readonly credential: string | null },
): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw invalid(sink, "is no http or https address");
  if (url.username !== "" || url.password !== "") {
    throw invalid(sink, "holds a user or password; put them into a credential");
  }
  if (url.hash !== "") throw invalid(sink, "has a part behind #, which no server sees");
  if (credential === null || url.protocol === "https:" || isLoopback(url.hostname)) return;
  throw invalid(sink, "is not https, and a credential would be readable on the way");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function invalid(sink: string, problem: string): AppError {
  return new AppError("sink.invalid", `${sink}: the address ${problem}`, {
    details: { sink, field: "url", problem },
  });
}
