import type { LogLine } from "#contract/log.ts";

const ESC = "\u001b[";
const PAUSE_MS = 310;

/** What a watcher of prices writes: plain lines, colours, JSON and logfmt, and warnings on the other stream. */
function textOf(number: number): string {
  const shop = ["north", "harbour", "old-town"][number % 3] ?? "";
  const price = (20 + ((number * 37) % 400) / 10).toFixed(2);
  const texts = [
    `${ESC}2m[${shop}]${ESC}0m opened https://${shop}.example/prices`,
    `${ESC}2m[${shop}]${ESC}0m read ${40 + (number % 17)} prices in ${ESC}36m${180 + ((number * 29) % 700)} ms${ESC}0m`,
    JSON.stringify({
      level: "info",
      event: "price",
      shop,
      article: "lamp",
      price: Number(price),
      currency: "EUR",
    }),
    `${ESC}2m[${shop}]${ESC}0m ${ESC}32m✓${ESC}0m lamp ${price} EUR, unchanged`,
    `level=info msg="waiting for the next round" shop=${shop} seconds=2`,
    `${ESC}2m[${shop}]${ESC}0m ${ESC}33m▲${ESC}0m chair went from ${price} to ${(Number(price) * 1.08).toFixed(2)} EUR (${ESC}1m+8 %${ESC}0m)`,
  ];
  return texts[number % texts.length] ?? "";
}

export function demoLines(count: number, endMs: number): readonly LogLine[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const isError = number % 23 === 0;
    return {
      number,
      stream: isError ? "stderr" : "stdout",
      atMs: endMs - (count - number) * PAUSE_MS,
      text: isError
        ? `${ESC}31mwarning:${ESC}0m slow answer (${1_000 + number * 13} ms), trying again`
        : textOf(number),
      isCut: false,
    };
  });
}
