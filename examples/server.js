// An endpoint that answers clips as JSON: the body of `POST /answer` is a video file.
//   node server.js MODEL [PORT]
//   curl --data-binary @clip.mp4 http://127.0.0.1:8080/answer
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { openModel, readClip, WhereWhenError } from 'wherewhen';

const [model, port = '8080'] = process.argv.slice(2);
const predictor = await openModel(model);
let last = Promise.resolve(); // one clip at a time looks through the network; decoding goes on beside it

const app = new Hono();
app.post('/answer', bodyLimit({ maxSize: 200 * 2 ** 20 }), async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'answer-'));
  try {
    const path = join(folder, 'clip');
    await writeFile(path, new Uint8Array(await context.req.arrayBuffer()));
    const clip = await readClip(path, predictor.shape);
    const answered = last.then(() => predictor.predict(clip, 'clip'));
    last = answered.catch(() => undefined);
    return context.json((await answered).result);
  } catch (error) {
    if (!(error instanceof WhereWhenError)) throw error;
    return context.json(error.toJSON(), 422);
  } finally {
    await rm(folder, { recursive: true });
  }
});

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(port) }, ({ port: open }) =>
  console.log(`http://127.0.0.1:${open}/answer`),
);
