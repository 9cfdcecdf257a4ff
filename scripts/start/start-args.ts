import { parseArgs } from "node:util";

export const START_HELP = `npm start [-- OPTIONS]

  --web          open in the installed browser
  --desktop      open the desktop window, or fail; without either, the window where Electron is installed
  --data DIR     keep everything in DIR
  --port N       browser: listen on this port (default: a free one)
  --no-open      browser: print the sign-in address and open nothing
  --help         this text`;

export type StartArgs =
  | {
      readonly kind: "start";
      readonly entry: "any" | "web" | "desktop";
      /** What goes on to `pilothouse serve`. */
      readonly serveArgs: readonly string[];
      /** What goes on to the desktop. */
      readonly dataArgs: readonly string[];
    }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly problem: string };

const OPTIONS = {
  web: { type: "boolean" },
  desktop: { type: "boolean" },
  data: { type: "string" },
  port: { type: "string" },
  "no-open": { type: "boolean" },
  help: { type: "boolean" },
} as const;

/** Reads the arguments after `npm start --`. Never throws: a wrong one is an answer. */
export function parseStartArgs(args: readonly string[]): StartArgs {
  let values: ReturnType<typeof readOptions>;
  try {
    values = readOptions(args);
  } catch (error) {
    // The only way it fails is a wrong argument, and its message names it; the rest is advice about "--".
    return wrong(error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error));
  }
  if (values.help === true) return { kind: "help" };
  if (values.web === true && values.desktop === true) return wrong("--web and --desktop exclude each other");
  if (values.data === "") return wrong("--data needs a folder");
  if (values.port !== undefined && !isPort(values.port)) {
    return wrong(`--port takes a whole number from 0 to 65535, not ${JSON.stringify(values.port)}`);
  }
  const isForBrowser = values.port !== undefined || values["no-open"] === true;
  if (values.desktop === true && isForBrowser) {
    return wrong("--port and --no-open are for the browser, not for --desktop");
  }
  return {
    kind: "start",
    entry: wantedEntry(values),
    serveArgs: serveArgsOf(values),
    dataArgs: dataArgsOf(values),
  };
}

function readOptions(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false }).values;
}

function wrong(problem: string): StartArgs {
  return { kind: "wrong", problem: `${problem}.` };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

function wantedEntry(values: ReturnType<typeof readOptions>): "any" | "web" | "desktop" {
  if (values.desktop === true) return "desktop";
  const isForBrowser = values.web === true || values.port !== undefined || values["no-open"] === true;
  return isForBrowser ? "web" : "any";
}

function serveArgsOf(values: ReturnType<typeof readOptions>): string[] {
  return [
    ...dataArgsOf(values),
    ...(values.port === undefined ? [] : ["--port", values.port]),
    ...(values["no-open"] === true ? ["--no-open"] : []),
  ];
}

function dataArgsOf(values: ReturnType<typeof readOptions>): string[] {
  return values.data === undefined ? [] : ["--data", values.data];
}
