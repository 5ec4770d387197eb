// What all views know: what is served, the clips, what models say of them, and work under way.
import { computed, signal } from '@preact/signals';
import {
  AnswerTable,
  ClipList,
  ServerEvent,
  ServerState,
  type ServerJob,
  type ModelEntry,
} from '../../src/server/api.js';
import { addressOf, ask, Fault, isLost } from './source.js';
import { route } from './route.js';

/** What is served; null until it has come. */
export const state = signal<ServerState | null>(null);

/** Why the page cannot start. */
export const failure = signal<string | null>(null);

/** All clips. */
export const clips = signal<ClipList>({ classes: [], ids: [], names: [], labels: [], leftOut: [] });

/** What each model says of the clips, by its key. */
export const answers = signal<Record<string, AnswerTable>>({});

/** Work under way, newest last. */
export const jobs = signal<ServerJob[]>([]);

/** Counts up when the labels of a clip were saved somewhere, `[clip, revision]`. */
export const savedElsewhere = signal<{ clip: string; revision: string } | null>(null);

/** Clips of which labels are saved, by their ids. */
export const labelled = computed<ReadonlySet<string>>(() => {
  const { ids, labelled: isSaved = [] } = clips.value;
  return new Set(ids.filter((_, i) => isSaved[i]));
});

/** Marks a clip as one with or without saved labels. */
export function markLabelled(id: string, isSaved: boolean): void {
  const { ids, labelled: before = ids.map(() => false) } = clips.value;
  clips.value = { ...clips.value, labelled: ids.map((one, i) => (one === id ? isSaved : before[i]!)) };
}

/** Counts up when a training wrote something. */
export const trainingTick = signal(0);

/** The model that answers: that of the address, else the first that has one. */
export const model = computed<ModelEntry | null>(() => {
  const models = state.value?.models ?? [];
  return models.find(({ key }) => key === route.value.model) ?? models.find(({ id }) => id !== null) ?? null;
});

/** The second model beside the first, where one is chosen. */
export const besideModel = computed<ModelEntry | null>(() => {
  const { beside } = route.value;
  if (beside === null || beside === model.value?.key) return null;
  return state.value?.models.find(({ key }) => key === beside) ?? null;
});

/** Is there a server that computes and keeps? */
export const hasServer = computed(() => state.value?.mode === 'server');

/** Asks for what is served, and keeps listening where there is a server. */
export async function start(): Promise<void> {
  try {
    await loadAll();
    failure.value = null;
    if (hasServer.value) listen();
  } catch (error) {
    failure.value = (error as Error).message;
    setTimeout(() => void start(), 3000);
  }
}

async function loadAll(): Promise<void> {
  const [served, list] = await Promise.all([ask('state.json', ServerState), ask('clips.json', ClipList)]);
  state.value = served;
  clips.value = list;
  document.title = served.title === 'wherewhen' ? 'wherewhen' : `${served.title} · wherewhen`;
  await loadAnswers();
}

/** Asks for the answers of every model; a model that has none yet is no fault. */
export async function loadAnswers(): Promise<void> {
  const keys = (state.value?.models ?? []).filter(({ id }) => id !== null).map(({ key }) => key);
  const tables = await Promise.all(
    keys.map((key) => ask(`models/${key}/answers.json`, AnswerTable).catch((error: Fault) => pass(error))),
  );
  answers.value = Object.fromEntries(tables.flatMap((table) => (table ? [[table.model, table]] : [])));
}

function pass(error: Fault): null {
  if (error.status === 0) throw error;
  return null;
}

/** Clips come in while the page is open (an upload). */
export async function loadClips(): Promise<void> {
  clips.value = await ask('clips.json', ClipList);
}

let answerTimer: number | undefined;

function listen(): void {
  const source = new EventSource(addressOf('events'));
  let started = 0;
  source.addEventListener('error', () => (isLost.value = true));
  source.addEventListener('open', () => (isLost.value = false));
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const parsed = ServerEvent.safeParse(JSON.parse(data));
    if (!parsed.success) return;
    const event = parsed.data;
    if (event.kind === 'hello') {
      isLost.value = false;
      if (started !== 0 && started !== event.started) void loadAll(); // another server took over
      started = event.started;
    } else if (event.kind === 'job') {
      jobs.value = [...jobs.value.filter(({ id }) => id !== event.job.id), event.job].slice(-20);
    } else if (event.kind === 'answered') {
      answerTimer ??= window.setTimeout(() => {
        answerTimer = undefined;
        void loadAnswers().catch(() => undefined);
      }, 800);
    } else if (event.kind === 'labels') {
      savedElsewhere.value = { clip: event.clip, revision: event.revision };
      markLabelled(event.clip, event.revision !== '');
    } else {
      trainingTick.value++;
      void ask('state.json', ServerState).then(
        (served) => (state.value = served),
        () => undefined,
      );
    }
  });
}
