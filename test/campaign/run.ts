// The reliability campaign, run by name and not with the tests:
// `npm run campaign -- fuzz|kill|soak|faults [--seed N] [--count N] [--minutes N] [--doors A,B] [--log FILE]`.
// It prints a table and ends with 1 where something was found; started again, it goes on from its log.
import { WhereWhenError } from '../../src/errors.js';
import { type CampaignOptions, type Kind, readOptions, requireKnown, type Row } from './options.js';

/** Loads a campaign: what it can be asked for, and the run. */
const CAMPAIGNS: Record<Kind, () => Promise<[string[], (options: CampaignOptions) => Promise<Row[]>]>> = {
  fuzz: async () => [Object.keys((await import('./doors/index.js')).DOORS), (await import('./fuzz.js')).fuzz],
  kill: async () => [
    Object.keys((await import('./killTargets.js')).TARGETS),
    (await import('./kill.js')).kill,
  ],
  soak: async () => [['serve'], (await import('./soak.js')).soak],
  faults: async () => [
    Object.keys((await import('./faults.js')).FAULTS),
    (await import('./faults.js')).faults,
  ],
};

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  const [known, run] = await CAMPAIGNS[options.kind]();
  requireKnown(options.doors, known);
  const rows = await run(options);
  console.log(`${options.kind}, seed ${options.seed}, ${new Date().toISOString().slice(0, 10)}`);
  for (const { name, runs, result, finds } of rows)
    console.log(`${name.padEnd(14)} ${String(runs).padStart(8)}  ${result}; ${finds.length} finds`);
  for (const { name, finds } of rows) for (const find of finds) console.log(`\n${name}: ${find}`);
  return rows.some(({ finds }) => finds.length > 0) ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof WhereWhenError ? error.message : error);
  process.exitCode = 2;
}
