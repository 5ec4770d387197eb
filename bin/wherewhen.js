#!/usr/bin/env -S MALLOC_MMAP_THRESHOLD_=4194304 node
// The variable makes the C library give blocks of 4 MB and more back to the system when they are freed instead of keeping
// those below 32 MB: a tenth of the memory of a large training step. It is read at a process's start, so it stands here.
import { setFlagsFromString } from 'node:v8';
import { main } from '../dist/cli/main.js';

// Tensors lie outside of V8's heap, but count towards its growth: a heap of 25 MB was collected after every 10 MB of them, several
// times a second. May it grow to three times its size before, training takes an eighth less processor time (docs/performance.md).
setFlagsFromString('--heap-growing-percent=200');

process.exitCode = await main(process.argv.slice(2));
