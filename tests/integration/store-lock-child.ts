import { AppError } from "#contract/errors.ts";
import { DataFolder, SystemClock } from "#main/platform/index.ts";
import { CoreLock } from "#main/store/index.ts";

/** Takes the lock of the folder named on the command line, says what came of it, and holds it until it is ended. */
const [folder = "", entry = ""] = process.argv.slice(2);
const place = new DataFolder(folder, { platform: process.platform, env: {}, home: "/", tmp: "/tmp" });

try {
  const lock = await CoreLock.acquire({ place, clock: new SystemClock(), pid: process.pid, entry });
  process.stdout.write(`${JSON.stringify({ pid: process.pid, isOwner: true })}\n`);
  process.stdin.once("end", () => void lock[Symbol.asyncDispose]());
  process.stdin.resume();
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  const answer = { pid: process.pid, isOwner: false, code: error.code, details: error.details };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
