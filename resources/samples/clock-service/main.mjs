/**
 * Tells the time, in its log and on a local web address.
 *
 * Shows what a service needs: a health check on the port it was given, a soft stop that lets visitors finish,
 * and JSON log lines. Nothing but Node is used.
 */
import { existsSync } from "node:fs";
import { createServer } from "node:http";

const HOST = "127.0.0.1";

/** Writes one log line. Pilothouse shows timestamp, level and message, and keeps the other fields. */
function log(level, message, fields = {}) {
  process.stdout.write(
    `${JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields })}\n`,
  );
}

// Defaults of the manifest are filled in by Pilothouse; the ones here let the file run by hand, too.
const input = {
  timeZone: "UTC",
  style: "24 hours",
  everyMs: 1000,
  ...JSON.parse(process.env.PILOTHOUSE_INPUT ?? "{}"),
};

let clock;
try {
  clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: input.timeZone,
    timeStyle: "medium",
    hour12: input.style === "12 hours",
  });
} catch {
  log("error", `There is no time zone ${input.timeZone}`, { expected: "a name such as Europe/Berlin" });
  process.exit(2);
}

const startedAt = Date.now();
let answered = 0;

const server = createServer((request, response) => {
  answered += 1;
  const { pathname } = new URL(request.url ?? "/", `http://${HOST}`);
  const answers = {
    "/": () => ({ time: clock.format(new Date()), timeZone: input.timeZone }),
    "/healthz": () => ({ status: "ok", upSeconds: Math.round((Date.now() - startedAt) / 1000), answered }),
  };
  const answer = Object.hasOwn(answers, pathname) ? answers[pathname]() : null;
  response.writeHead(answer === null ? 404 : 200, { "content-type": "application/json" });
  response.end(`${JSON.stringify(answer ?? { error: "there is only / and /healthz" })}\n`);
});

server.on("error", (error) => {
  log("error", `Cannot listen: ${error.message}`);
  process.exit(1);
});

// Port 0, by hand, lets the system choose.
server.listen(Number(process.env.PILOTHOUSE_PORT ?? 0), HOST, () => {
  log("info", "The clock is running", { address: `http://${HOST}:${server.address().port}/` });
});

const ticking = setInterval(() => {
  log("info", clock.format(new Date()), { timeZone: input.timeZone, answered });
}, input.everyMs);

// A soft stop arrives as a signal, or, where there are no signals, as a file that appears.
const stopFile = process.env.PILOTHOUSE_STOP_FILE;
const looking = setInterval(() => {
  if (stopFile !== undefined && existsSync(stopFile)) stop("stop file");
}, 250);

let isStopping = false;
function stop(how) {
  if (isStopping) return;
  isStopping = true;
  log("info", "Stopping: no new visitors, those here may finish", { how });
  clearInterval(ticking);
  clearInterval(looking);
  server.close(() =>
    log("info", "The clock has stopped", { upSeconds: Math.round((Date.now() - startedAt) / 1000) }),
  );
  server.closeIdleConnections();
}
for (const name of ["SIGTERM", "SIGINT"]) process.on(name, () => stop(name));
