// The web worker that learns: one lesson, told in its first message; the page ends it when it is done or not wanted any more.
import { runtimeInThread } from '../../../src/runtime/inThread.js';
import type { WebEngineSettings } from '../../../src/runtime/web/index.js';
import { createWebEngine } from '../../../src/runtime/web/wasmEngine.js';
import { teach, type Taught, type TeachBackbone, type TeachProgress, type TeachTake } from '../../../src/teach/index.js';

/** What it learns from, and with what. */
export interface Lesson {
  engine: WebEngineSettings;
  backbone: TeachBackbone;
  takes: readonly TeachTake[];
}

/** What it says. */
export type LessonAnswer =
  | { kind: 'progress'; progress: TeachProgress }
  | { kind: 'taught'; taught: Taught }
  | { kind: 'failed'; message: string };

const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'addEventListener'>;
const say = (answer: LessonAnswer): void => scope.postMessage(answer);

scope.addEventListener('message', ({ data }) => {
  learn(data as Lesson).then(
    (taught) => say({ kind: 'taught', taught }),
    (error: Error) => say({ kind: 'failed', message: error.message }),
  );
});

async function learn({ engine, backbone, takes }: Lesson): Promise<Taught> {
  const runtime = runtimeInThread(createWebEngine(engine), engine.threads);
  return teach(takes, backbone, { runtime }, (progress) => say({ kind: 'progress', progress }));
}
