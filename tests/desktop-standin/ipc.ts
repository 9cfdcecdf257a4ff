import { EventEmitter } from "node:events";
import { note, onControl } from "./control.ts";
import { MessagePortMain, PortEnd } from "./ports.ts";

/** Messages of pages; the program listens, the pages' contents emit. */
class IpcMain extends EventEmitter {}

export const ipcMain = new IpcMain();

/** A message as if a page of `origin` had sent it, with a port: what becomes of the port goes into the journal. */
onControl("ipc.forge", (argument) => {
  const { channel, origin } = argument as { channel: string; origin: string };
  const [theirs, ours] = PortEnd.pair();
  theirs.attach({
    deliver: (data) => note("forged", { outcome: "answered", data }),
    closed: () => note("forged", { outcome: "closed" }),
  });
  ipcMain.emit(channel, { senderFrame: { origin, parent: null }, ports: [new MessagePortMain(ours)] }, null);
});
