/** The seed of property tests in `npm test`: with it, a red test comes from what was changed. */
const FIXED_SEED = 20_260_101;
/** What fast-check runs when a test names no number. */
const USUAL_RUNS = 100;

const factor = Number(process.env["PROPERTY_FACTOR"] ?? 1);

export const PROPERTY_SEED = Number(process.env["PROPERTY_SEED"] ?? FIXED_SEED);

/** How often a property is tried: `count` times, and more often when `npm run explore` looks for what else there is. */
export function runs(count = USUAL_RUNS): number {
  return Math.ceil(count * factor);
}
