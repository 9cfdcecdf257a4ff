// What the runs of the driver contract suite do: `node driver-agent.mjs FILE`, with the JSON of a behaviour in
// which bytes are base64. Where no file can be handed over, FILE is `gzip:` and the packed JSON in base64.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

const [, , file] = process.argv;
const PACKED = "gzip:";
const text = file.startsWith(PACKED)
  ? gunzipSync(Buffer.from(file.slice(PACKED.length), "base64")).toString("utf8")
  : readFileSync(file, "utf8");
const behaviour = JSON.parse(text);

const LOOK_MS = 5;

async function write(stream, bytes) {
  await new Promise((resolve) => process[stream].write(bytes, resolve));
}

const actions = {
  async print({ pieces, exitCode = 0 }) {
    for (const { stream, base64 } of pieces) await write(stream, Buffer.from(base64, "base64"));
    process.exitCode = exitCode;
  },
  async "print-in-turn"({ pieces, turnFile }) {
    for (const [index, { stream, base64 }] of pieces.entries()) {
      while (!existsSync(`${turnFile}-${index}`)) await wait(LOOK_MS);
      await write(stream, Buffer.from(base64, "base64"));
    }
  },
  async count({ count }) {
    let text = "";
    for (let line = 1; line <= count; line += 1) {
      text += `${line}\n`;
      if (text.length > 30_000 || line === count) {
        await write("stdout", text);
        text = "";
      }
    }
  },
  async "show-environment"() {
    await write("stdout", JSON.stringify(process.env));
  },
  async "die-by-signal"({ signal }) {
    process.kill(process.pid, signal);
    await wait(60_000);
  },
  async wait({ ignoresSoftStop = false }) {
    if (ignoresSoftStop) process.on("SIGTERM", () => undefined);
    await write("stdout", "ready\n");
    await wait(600_000);
  },
  async "wait-with-family"() {
    process.on("SIGTERM", () => undefined);
    // One in a session of its own, and one whose parent is gone as well.
    const stubborn = "trap '' TERM; echo up; while :; do sleep 600; done";
    const child = spawn("setsid", ["sh", "-c", stubborn], { stdio: ["ignore", "pipe", "ignore"] });
    const orphan = spawn("sh", ["-c", `setsid sh -c "${stubborn}" & exit 0`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await Promise.all([once(child.stdout, "data"), once(orphan.stdout, "data")]);
    await write("stdout", "ready\n");
    await wait(600_000);
  },
};

await actions[behaviour.does](behaviour);
process.exit();
