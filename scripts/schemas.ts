// Writes `schema/*.json`: `npm run schemas`, after a form has changed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { schemaFiles } from './schemaFiles.js';

const folder = new URL('../schema/', import.meta.url);
mkdirSync(fileURLToPath(folder), { recursive: true });
for (const [name, content] of Object.entries(schemaFiles())) writeFileSync(new URL(name, folder), content);
