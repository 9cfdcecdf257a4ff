// Clears the folder of an engine once whoever started it is gone: `node engine-watcher.ts FOLDER`, with its pipe for input.
import { clearEngineFolder } from "./engine-folder.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("which folder?");
process.stdin.resume();
process.stdin.once("close", () => void clearEngineFolder(folder));
