import { readFile } from "node:fs/promises";
import { listPageFiles, PAGE_HEADERS, type PageFiles } from "#main/page/index.ts";
import { isPageAddress } from "./page-address.ts";

const HEADERS = Object.fromEntries(PAGE_HEADERS);

/**
 * Answers the page's own scheme from the built page and nothing else. Files go out whole: Electron's streaming
 * answers have had faults, and no file here is large.
 *
 * @throws AppError `folder.unreadable` when the page was not built
 */
export async function createPageAnswer(folder: string): Promise<(request: Request) => Promise<Response>> {
  const files = await listPageFiles(folder);
  return (request) => answer(files, request);
}

async function answer(files: PageFiles, { method, url }: Pick<Request, "method" | "url">): Promise<Response> {
  if (!isPageAddress(url)) return refuse(403);
  if (method !== "GET" && method !== "HEAD") return refuse(405);
  const file = files.find(pathOf(url));
  if (file === undefined) return refuse(404);
  const headers = { ...HEADERS, "Content-Type": file.type, "Cache-Control": file.cacheControl };
  try {
    const content = file.content ?? (await readFile(file.file));
    return new Response(method === "HEAD" ? null : new Uint8Array(content), { headers });
  } catch {
    // A newer build took the file away; the page asks anew when it is loaded again.
    return refuse(404);
  }
}

/** As it was asked for, never decoded: the list holds plain names, and no other spelling finds one. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: HEADERS });
}
