import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const BUSYBOX = "/bin/busybox";

/** A static busybox with all its names. */
export async function packBusybox(folder: string): Promise<string> {
  const root = await makeBusyboxRoot(join(folder, "busybox"));
  return pack(root, join(folder, "busybox.tar"));
}

/** Busybox, the Node that runs the tests, and `files` (place in the image → file of this computer). */
export async function packNode(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await makeBusyboxRoot(join(folder, "node"));
  const { stdout } = await run("ldd", [process.execPath]);
  const libraries = [...stdout.matchAll(/\/[^ ]+/g)].map(([path]) => path);
  const places = { ...Object.fromEntries(libraries.map((path) => [path, path])), ...files };
  for (const [place, file] of Object.entries({ ...places, "/usr/bin/node": process.execPath })) {
    await mkdir(dirname(join(root, place)), { recursive: true });
    await copyFile(file, join(root, place));
  }
  return pack(root, join(folder, "node.tar"));
}

async function makeBusyboxRoot(root: string): Promise<string> {
  await mkdir(join(root, "bin"), { recursive: true });
  await mkdir(join(root, "etc"));
  await mkdir(join(root, "tmp"));
  await chmod(join(root, "tmp"), 0o1777);
  await copyFile(BUSYBOX, join(root, "bin/busybox"));
  const { stdout } = await run(BUSYBOX, ["--list"]);
  const names = stdout.split("\n").filter((name) => name !== "" && name !== "busybox");
  await Promise.all(names.map((name) => symlink("busybox", join(root, "bin", name))));
  await writeFile(join(root, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n");
  return root;
}

async function pack(root: string, file: string): Promise<string> {
  await run("tar", ["-C", root, "-cf", file, "."]);
  return file;
}
