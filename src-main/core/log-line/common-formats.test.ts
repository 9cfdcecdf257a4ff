import { expect, test } from "vitest";
import type { LineDetails } from "#contract/log.ts";
import { understandLine } from "./understand-line.ts";

const AT_MS = Date.UTC(2026, 0, 2, 15, 4, 5);
type Expected = Pick<LineDetails, "format" | "level" | "atMs">;

/** Lines as these programs print them, with what can be known of level and time. */
const LINES: readonly (readonly [string, string, Expected])[] = [
  [
    "nginx, access",
    '192.0.2.7 - ada [02/Jan/2026:15:04:05 +0000] "GET /a?b=c HTTP/1.1" 200 612 "-" "curl/8.5"',
    { format: "text", level: null, atMs: AT_MS },
  ],
  [
    "nginx, error",
    '2026/01/02 15:04:05 [error] 29#29: *1 open() "/srv/x" failed (2: No such file or directory)',
    { format: "text", level: "error", atMs: AT_MS },
  ],
  [
    "nginx, warning",
    "2026/01/02 15:04:05 [warn] 29#29: conflicting server name",
    { format: "text", level: "warn", atMs: AT_MS },
  ],
  [
    "syslog of RFC 3164, which names no year",
    "Jan  2 15:04:05 host sshd[812]: error: kex_exchange_identification: closed",
    { format: "text", level: "error", atMs: null },
  ],
  ["python logging, its default", "ERROR:root:it broke", { format: "text", level: "error", atMs: null }],
  [
    "python logging, with a time",
    "2026-01-02 15:04:05,000 - app.worker - WARNING - it is late",
    { format: "text", level: "warn", atMs: AT_MS },
  ],
  [
    "python logging, level first",
    "2026-01-02 15:04:05,000 CRITICAL app: gone",
    { format: "text", level: "fatal", atMs: AT_MS },
  ],
  [
    "log4j and logback",
    "2026-01-02 15:04:05,000 WARN  [main] org.example.App - it is late",
    { format: "text", level: "warn", atMs: AT_MS },
  ],
  [
    "logback, thread before level",
    "2026-01-02 15:04:05.000 [http-nio-8080-exec-1] ERROR o.e.App - it broke",
    { format: "text", level: "error", atMs: AT_MS },
  ],
  [
    "Spring Boot",
    "2026-01-02T15:04:05.000Z  INFO 1 --- [main] o.e.App : Started",
    { format: "text", level: "info", atMs: AT_MS },
  ],
  [
    "klog",
    "W0102 15:04:05.000000       1 reflector.go:424] timeout",
    { format: "text", level: "warn", atMs: null },
  ],
  [
    "klog, fatal",
    "F0102 15:04:05.000000       1 main.go:12] gone",
    { format: "text", level: "fatal", atMs: null },
  ],
  [
    "logfmt",
    'time=2026-01-02T15:04:05Z level=warning msg="it is late" component=api',
    { format: "logfmt", level: "warn", atMs: AT_MS },
  ],
  [
    "logfmt of logrus, level first",
    'level=error ts=2026-01-02T15:04:05.000Z caller=main.go:3 err="no"',
    { format: "logfmt", level: "error", atMs: AT_MS },
  ],
  [
    "pino",
    '{"level":50,"time":1767366245000,"msg":"it broke"}',
    { format: "json", level: "error", atMs: AT_MS },
  ],
  [
    "zap",
    '{"level":"warn","ts":1767366245.0,"caller":"a/b.go:1","msg":"late"}',
    { format: "json", level: "warn", atMs: AT_MS },
  ],
  [
    "serilog, compact",
    '{"@t":"2026-01-02T15:04:05.0000000Z","@l":"Error","@mt":"it broke"}',
    { format: "json", level: "error", atMs: AT_MS },
  ],
];

test.each(LINES)("%s is recognised", (_, text, expected) => {
  const { atMs, format, level } = understandLine(text);

  expect({ format, level, atMs }).toEqual(expected);
});

test.each([
  "The error was not fatal, and no level is meant",
  "see 2026-01-02 for more",
  "  indented: text",
  "a=1",
  "https://example.com/?level=error",
  "Jan 2 is a holiday",
])("%j names neither a level nor a time", (text) => {
  expect(understandLine(text)).toMatchObject({ level: null, atMs: null });
});
