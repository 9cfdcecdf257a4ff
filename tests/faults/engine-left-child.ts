// Starts an engine with a container that waits, names the engine's folder, and never ends: to be killed.
import { BUSYBOX_IMAGE, type EngineProduct, startEngine } from "../helpers/engines.ts";

const [product] = process.argv.slice(2);
const engine = await startEngine(product as EngineProduct);
const waiting = ["sh", "-c", "while :; do sleep 1; done", engine.folder];
const options = ["--network=none", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"];
await engine.command("run", "-d", ...options, BUSYBOX_IMAGE, ...waiting);
process.stdout.write(`${engine.folder}\n`);
setInterval(() => undefined, 60_000);
