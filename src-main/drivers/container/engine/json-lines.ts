import { StringDecoder } from "node:string_decoder";

/** No answer of an engine has longer lines; what is longer is not one. */
const LONGEST_LINE = 4 << 20;

/** The JSON values of a stream that has one per line. Lines that are none are left out. */
export async function* readJsonLines(
  stream: AsyncIterable<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of stream) {
    rest += typeof chunk === "string" ? chunk : decoder.write(chunk as Buffer);
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) rest = "";
    for (const line of lines) yield* parsed(line);
  }
  yield* parsed(rest);
}

function* parsed(line: string): Generator<unknown, void, undefined> {
  if (line.trim() === "") return;
  try {
    yield JSON.parse(line);
  } catch {
    // Half a line at the end of a stream that broke; whoever reads the stream hears of that itself.
  }
}
