// Started by agents-releases.int.test.ts: makes one release and prints its id.
import { argv, stdout } from "node:process";
import { ReleaseStore } from "#main/agents/index.ts";
import { SystemClock } from "#main/platform/index.ts";

const [, , folder = "", source = ""] = argv;
const store = new ReleaseStore({ folder, clock: new SystemClock() });
const { id } = await store.make(source, new AbortController().signal);
stdout.write(`${id}\n`);
