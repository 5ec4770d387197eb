// `npm run test:reference`: a line for every case, then the count; exit code 1 when one fails or none is there.
import { basename } from 'node:path';
import { findCases, referenceFolder } from './cases.js';
import { runCase } from './runCase.js';

async function passes(folder: string): Promise<boolean> {
  const name = basename(folder);
  try {
    const { compared, worst, faults } = await runCase(folder);
    const share = `${compared} values, largest difference ${worst.toFixed(2)} of its tolerance`;
    console.log(`${faults.length === 0 ? 'pass' : 'FAIL'}  ${name}: ${share}`);
    for (const fault of faults) console.log(`      ${fault}`);
    return faults.length === 0;
  } catch (error) {
    console.log(`FAIL  ${name}: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

const folders = findCases();
if (folders.length === 0) console.log(`no case.json under ${referenceFolder} (set WHEREWHEN_REFERENCE)`);
const results: boolean[] = [];
for (const folder of folders) results.push(await passes(folder));
const failed = results.filter((one) => !one).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || results.length === 0 ? 1 : 0;
