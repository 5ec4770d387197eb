// The last step of `npm run build`: bundles the page's script and copies what tsc leaves behind.
import { copyFile, writeFile } from 'node:fs/promises';
import { bundled, STYLES } from './pageSource.js';

const here = new URL('../page/', import.meta.url);
const sources = new URL('../../src/page/', import.meta.url);
await writeFile(new URL('page.js', here), await bundled('../page/main.js'));
for (const name of ['page.html', ...STYLES]) await copyFile(new URL(name, sources), new URL(name, here));
