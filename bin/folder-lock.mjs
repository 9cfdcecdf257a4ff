// Plain JavaScript for any Node from 18 on.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 100;

/** A lock without an owner's name is one whose maker died between two calls, once it is this old. */
const NAMELESS_MS = 5_000;

/**
 * Runs `work` while no other process of this clone does the same. A lock whose owner died is taken over.
 *
 * @template T
 * @param {string} folder made while the work runs; its parent must exist
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withFolderLock(folder, work) {
  while (!tryTake(folder)) {
    if (isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
    else await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @returns {boolean}
 */
function tryTake(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
  writeFileSync(join(folder, "owner"), String(process.pid));
  return true;
}

/**
 * @param {string} folder
 * @returns {boolean}
 */
function isAbandoned(folder) {
  try {
    const owner = Number(readFileSync(join(folder, "owner"), "utf8"));
    if (owner > 0) return !isAlive(owner);
  } catch {
    // The owner is just writing its name, or the lock has gone: both are seen at the next look.
  }
  try {
    return Date.now() - statSync(folder).mtimeMs > NAMELESS_MS;
  } catch {
    // The lock has gone: the next try will get it.
    return false;
  }
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
