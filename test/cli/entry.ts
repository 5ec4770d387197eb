// The command line from the sources, as a process of its own.
import { main } from '../../src/cli/main.js';

process.exitCode = await main(process.argv.slice(2));
