#!/usr/bin/env -S MALLOC_MMAP_THRESHOLD_=4194304 node
// The variable makes the C library give blocks of 4 MB and more back to the system when they are freed instead of keeping
// those below 32 MB: a tenth of the memory of a large training step. It is read at a process's start, so it stands here.
import { main } from '../dist/cli/main.js';

process.exitCode = await main(process.argv.slice(2));
