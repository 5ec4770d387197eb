// The frame around the views: name, navigation, what is wrong with the connection, work under way.
import { BrowseView } from './browse/browseView.js';
import { FindingsView } from './findings/findingsView.js';
import { Icon } from './icon.js';
import { LocalView } from './inPage/localView.js';
import { JobBar } from './jobBar.js';
import { QueueView } from './queue/queueView.js';
import { addressOf, route, type View } from './route.js';
import { isLost } from './source.js';
import { failure, state } from './store.js';
import { switchTheme, theme } from './theme.js';
import { TrainingView } from './training/trainingView.js';

/** The whole page. */
export function App() {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <div class="wide top-row">
          <p class="wordmark">
            <span>where</span>
            <span>when</span>
            {state.value && state.value.title !== 'wherewhen' && <small>{state.value.title}</small>}
          </p>
          <Navigation />
          <button
            class="quiet"
            type="button"
            aria-label={`Switch to ${theme.value === 'dark' ? 'light' : 'dark'}`}
            title="Dark or light"
            onClick={switchTheme}
          >
            <Icon name="theme" />
          </button>
        </div>
      </header>
      <div role="status" aria-live="polite">
        {isLost.value && state.value && (
          <p class="banner bad">
            The server does not answer. What is on the page stays; it goes on by itself when the server is
            back.
          </p>
        )}
      </div>
      <main id="main" class="wide" tabIndex={-1}>
        {failure.value !== null && state.value === null ? <Failure text={failure.value} /> : <Content />}
      </main>
      <JobBar />
    </>
  );
}

function Navigation() {
  const models = state.value?.models ?? [];
  const views: [View, string, boolean][] = [
    ['clips', 'Clips', true],
    ['here', 'In this page', models.some(({ id }) => id !== null)],
    ['training', 'Training', models.some(({ hasTraining }) => hasTraining)],
    ['findings', 'Findings', models.some(({ hasAudit }) => hasAudit)],
    ['queue', 'Queue', state.value?.hasQueue === true],
  ];
  const shown = views.filter(([, , isThere]) => isThere);
  if (shown.length < 2) return <span class="grow" />;
  return (
    <nav class="views" aria-label="Views">
      {shown.map(([view, name]) => (
        <a
          key={view}
          href={addressOf({ ...route.value, view, clip: view === 'clips' ? route.value.clip : null })}
          aria-current={route.value.view === view ? 'page' : undefined}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}

function Content() {
  if (!state.value) return <p class="waiting">Opening …</p>;
  const hasTraining = state.value.models.some((entry) => entry.hasTraining);
  const isRunOnly = state.value.clips === 0 && hasTraining && route.value.view === 'clips';
  if (route.value.view === 'here') return <LocalView />;
  if (route.value.view === 'training' || isRunOnly) return <TrainingView />;
  if (route.value.view === 'findings') return <FindingsView />;
  if (route.value.view === 'queue') return <QueueView />;
  return <BrowseView />;
}

function Failure({ text }: { text: string }) {
  return (
    <section class="sheet empty">
      <h1>Nothing to show yet</h1>
      <p>{text}</p>
      <p class="note">The page asks again every few seconds.</p>
    </section>
  );
}
