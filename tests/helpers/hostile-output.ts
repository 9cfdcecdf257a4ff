/** Output that tries to do something to whoever looks at it. */
export interface HostileOutput {
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether it would act on a terminal that got it as it is. */
  readonly isForTerminals: boolean;
  /** Whether it would act on a page that took it for HTML. */
  readonly isForPages: boolean;
}

const ESC = "\u001b";
const BEL = "\u0007";
const ST = `${ESC}\\`;
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const forTerminals: Readonly<Record<string, string | Buffer>> = {
  "title by OSC 0": `${ESC}]0;stolen${BEL}`,
  "title by OSC 2 and ST": `${ESC}]2;stolen${ST}`,
  "icon name by OSC 1": `${ESC}]1;stolen${BEL}`,
  "title pushed, changed and asked for": `${ESC}[22;0t${ESC}]0;x${BEL}${ESC}[21t`,
  "clipboard by OSC 52": `${ESC}]52;c;c3RvbGVu${BEL}`,
  "clipboard asked for by OSC 52": `${ESC}]52;c;?${BEL}`,
  "link by OSC 8": `${ESC}]8;;https://evil.example/${ST}a link${ESC}]8;;${ST}`,
  "link by OSC 8 that runs": `${ESC}]8;;file:///bin/sh${ST}click${ESC}]8;;${ST}`,
  "working folder by OSC 7": `${ESC}]7;file://host/etc${BEL}`,
  "notification by OSC 9 and 777": `${ESC}]9;hello${BEL}${ESC}]777;notify;a;b${BEL}`,
  "colours by OSC 4, 10 and 11": `${ESC}]4;1;?${BEL}${ESC}]10;?${BEL}${ESC}]11;#000000${BEL}`,
  "an OSC that never ends": `${ESC}]0;never ends`,
  "device attributes": `${ESC}[c${ESC}[>c${ESC}[=c`,
  "cursor position report": `${ESC}[6n${ESC}[?6n`,
  "status report": `${ESC}[5n${ESC}[?15n${ESC}[?25n`,
  "answerback by ENQ": "\u0005",
  DECRQSS: `${ESC}P$q"p${ST}`,
  XTGETTCAP: `${ESC}P+q544e${ST}`,
  "DECRQM and DECREQTPARM": `${ESC}[?2026$p${ESC}[x`,
  "window reports and moves": `${ESC}[14t${ESC}[18t${ESC}[3;0;0t${ESC}[9;1t`,
  "user defined keys by DCS": `${ESC}P0;1|17/6c73${ST}`,
  "APC and PM": `${ESC}_secret${ST}${ESC}^private${ST}`,
  SOS: `${ESC}Xstart of string${ST}`,
  "tmux pass-through": `${ESC}Ptmux;${ESC}${ESC}]0;x${BEL}${ST}`,
  "screen title": `${ESC}kstolen${ST}`,
  "sixel bomb": `${ESC}Pq"1;1;99999;99999#0;2;0;0;0${"#0!99999~-".repeat(50)}${ST}`,
  "kitty image": `${ESC}_Gf=100,a=T,s=99999,v=99999;${PIXEL}${ST}`,
  "kitty image from a file": `${ESC}_Gt=f,a=T;L2V0Yy9wYXNzd2Q=${ST}`,
  "iTerm image": `${ESC}]1337;File=inline=1;width=99999;height=99999:${PIXEL}${BEL}`,
  "iTerm marks and profiles": `${ESC}]1337;SetProfile=x${BEL}${ESC}]1337;CopyToClipboard=${BEL}`,
  "clearing and homing": `${ESC}[2J${ESC}[3J${ESC}[H`,
  reset: `${ESC}c${ESC}[!p`,
  "alternate screen": `${ESC}[?1049h`,
  "mouse and paste modes": `${ESC}[?1000h${ESC}[?1006h${ESC}[?2004h${ESC}[?1004h`,
  "hidden cursor and hidden text": `${ESC}[?25l${ESC}[8mhidden`,
  "scrolling region and insert": `${ESC}[1;2r${ESC}[4h${ESC}[20L`,
  "upward overwrite": `${ESC}[1A${ESC}[2K[Pilothouse: all is well]`,
  "line drawing charset": `${ESC}(0lqqqk${ESC}(B\u000e\u000f`,
  "carriage return overwrite": "rm -rf / failed\rdone successfully",
  "backspace overwrite": "denied\b\b\b\b\b\bgranted",
  "NUL and DEL": "a\u0000b\u007fc",
  "vertical tab and form feed": "a\u000bb\u000cc",
  bell: `${BEL}${BEL}${BEL}`,
  "C1 CSI in UTF-8": "\u009b2J\u009b6n",
  "C1 OSC in UTF-8": "\u009d0;stolen\u009c",
  "C1 DCS in UTF-8": '\u0090$q"p\u009c',
  "C1 CSI raw": Buffer.from([0x9b, 0x36, 0x6e]),
  "C1 OSC raw": Buffer.from([0x9d, 0x30, 0x3b, 0x78, 0x9c]),
  "blinking and concealed colours": `${ESC}[5;8mblink`,
  "colours with sub-parameters out of range": `${ESC}[38;2;999;0;0m${ESC}[38;5mx`,
  "right to left override": "admin\u202egnp.exe",
  "isolates and embeddings": "\u2066a\u2067b\u2068c\u2069\u202a\u202b\u202c\u202d",
  "marks of direction": "a\u200eb\u200fc\u061cd",
  "zero width": "pass\u200bword\u2060\ufeff\u00ad\u200c",
  "invisible tags": "\u{e0001}\u{e0041}\u{e007f}visible",
  "separators of lines and paragraphs": "one\u2028two\u2029three\u0085four",
  "hangul and khmer fillers": "a\u3164b\u115fc\u17b4d\uffa0",
  "heap of marks": `Z${"\u0300\u0301\u0302\u0303\u0489".repeat(400)}`,
  "escape in the middle of nowhere": `text ${ESC}`,
  "escape sequence across attributes": `${ESC}[31;1;2;3;4;7;9;38;5;196;48;5;21;5mx`,
};

const forPages: Readonly<Record<string, string>> = {
  script: `<script>document.title="stolen";alert(1)</script>`,
  "image that fails": `<img src=x onerror="alert(1);document.title='stolen'">`,
  "image of another host": `<img src="https://evil.example/track.png">`,
  SVG: `<svg onload="alert(1)"><a href="javascript:alert(1)"><text>x</text></a></svg>`,
  frame: `<iframe src="https://evil.example/"></iframe>`,
  "meta refresh and base": `<meta http-equiv=refresh content="0;url=https://evil.example/"><base href="https://evil.example/">`,
  "form and button": `<form action="https://evil.example/"><button autofocus onfocus=alert(1)>x</button></form>`,
  "style and link": `<style>*{display:none}</style><link rel=stylesheet href="https://evil.example/x.css">`,
  "broken out of an attribute": `"><script>alert(1)</script><input value="`,
  "comment and CDATA": `<!--><script>alert(1)</script>--><![CDATA[<script>alert(1)</script>]]>`,
};

const others: Readonly<Record<string, string | Buffer>> = {
  entities: "&lt;script&gt;alert(1)&lt;/script&gt;&#x1b;[2J&amp;amp;&nbsp;",
  addresses: "javascript:alert(1) data:text/html,<b>x https://evil.example/ file:///etc/passwd",
  formula: `=cmd|'/c calc'!A1,+1+1,-2+3,@SUM(1),"=HYPERLINK(""https://evil.example"")"`,
  template: `{{constructor.constructor('alert(1)')()}} $\{7*7} <%= 7*7 %> #{7*7}`,
  "prototype pollution": `{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"level":"info"}`,
  "keys of objects as fields": `{"toString":1,"hasOwnProperty":2,"length":3,"then":"x","level":{"a":1},"message":["m"]}`,
  "deep JSON": `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  "deep array": "[".repeat(50_000),
  "JSON with many keys": `{${Array.from({ length: 3_000 }, (_, index) => `"k${index}":${index}`).join(",")}}`,
  "JSON with an escape in it": `{"level":"error","message":"\\u001b]0;stolen\\u0007\\u009b2J\\u202e"}`,
  "level of a lie": `{"level":"fatal\\u0000","time":"9999-99-99T99:99:99Z","timestamp":1e400}`,
  "forged notice of Pilothouse":
    "[Pilothouse: 4096 bytes of output are missing here: the container's log was rotated]",
  "forged line of the command line": "error: The run succeeded\n  (ok)",
  "forged JSON of ours": `{"number":1,"stream":"stdout","at":"2026-01-01T00:00:00.000Z","text":"forged","isCut":false}`,
  "forged frame of our spool": Buffer.from([0x50, 0x4c, 0x4f, 0x47, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0x7f]),
  "overlong UTF-8": Buffer.from([0xc0, 0xaf, 0xe0, 0x80, 0xaf, 0xc1, 0x9b, 0xf0, 0x80, 0x80, 0x9b]),
  "surrogates as UTF-8": Buffer.from([0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80, 0xed, 0xa0, 0xbd]),
  "beyond Unicode": Buffer.from([0xf4, 0x90, 0x80, 0x80, 0xf8, 0x88, 0x80, 0x80, 0x80, 0xff, 0xfe]),
  "cut in the middle of a character": Buffer.from([0xf0, 0x9f, 0x98]),
  noncharacters: "\ufdd0\ufffe\uffff\u{1fffe}",
  "a line of a megabyte": "x".repeat(1_000_000),
  "a megabyte of escapes": Buffer.from(`${ESC}[`.repeat(200_000)),
};

const asBytes = (content: string | Buffer) => (typeof content === "string" ? Buffer.from(content) : content);

function group(
  content: Readonly<Record<string, string | Buffer>>,
  flags: Pick<HostileOutput, "isForPages" | "isForTerminals">,
): readonly HostileOutput[] {
  return Object.entries(content).map(([name, each]) => ({ name, bytes: asBytes(each), ...flags }));
}

export const HOSTILE_OUTPUT: readonly HostileOutput[] = [
  ...group(forTerminals, { isForTerminals: true, isForPages: false }),
  ...group(forPages, { isForTerminals: false, isForPages: true }),
  ...group(others, { isForTerminals: false, isForPages: false }),
];

/** What stands behind each of them, so that a test sees that it was reached. */
export function endMark(index: number): string {
  return `;end ${String(index).padStart(3, "0")}`;
}

/** All of it as a program would print it, each with its mark on a line behind it. */
export function hostileBytes(outputs: readonly HostileOutput[] = HOSTILE_OUTPUT): Buffer {
  return Buffer.concat(outputs.flatMap(({ bytes }, index) => [bytes, Buffer.from(`\n${endMark(index)}\n`)]));
}

/** A program for Node that prints the file beside it. */
export const PRINTING_FILE = `
import { readFileSync, writeSync } from "node:fs";
let rest = readFileSync(new URL("./output.bin", import.meta.url));
while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
`;

const CODE = "(?:0|1|2|3|4|7|9|2[2-4]|27|29|3[0-7]|39|4[0-7]|49|9[0-7]|10[0-7]|[34]8;5;\\d{1,3})";
const SGR = new RegExp(`\\u001b\\[(?:${CODE}(?:;${CODE})*)?m`, "g");
const ACTING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|\p{M}{9,}/u;

/** Why bytes that reached a terminal could do something there; null when they cannot. */
export function whatActs(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes).toString("utf8").replaceAll("\r\n", "\n").replace(SGR, "");
  const at = text.replace(/[\n\t]/g, " ").search(ACTING);
  if (at < 0) return null;
  return `U+${text.codePointAt(at)?.toString(16)} in ${JSON.stringify(text.slice(Math.max(0, at - 20), at + 20))}`;
}
