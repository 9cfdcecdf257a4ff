/** JSON lines as a busy service writes them, with some errors among them; about `lineBytes` each. */
export function jsonLines(firstNumber: number, count: number): string {
  const lines: string[] = [];
  for (let number = firstNumber; number < firstNumber + count; number += 1) {
    const level = LEVELS[number % LEVELS.length] ?? "info";
    const time = new Date(START_MS + number * 3).toISOString();
    const user = (Math.imul(number, 2_654_435_761) >>> 0) % 100_000;
    lines.push(
      `{"ts":"${time}","level":"${level}","msg":"request ${number} done","user":${user},"ms":${number % 977}}\n`,
    );
  }
  return lines.join("");
}

const START_MS = Date.UTC(2026, 0, 1);
const LEVELS = ["info", "debug", "info", "info", "warn", "info", "debug", "info", "info", "error"] as const;
