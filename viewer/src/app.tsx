// The frame around the views: name, navigation, what is wrong with the connection, work under way.
import { BrowseView } from './browse/browseView.js';
import { FindingsView } from './findings/findingsView.js';
import { Icon } from './icon.js';
import { LocalView } from './inPage/localView.js';
import { JobBar } from './jobBar.js';
import { KeysDialog } from './keys.js';
import { QueueView } from './queue/queueView.js';
import { addressOf, route, type View } from './route.js';
import { isNothingServed, shownView } from './shownView.js';
import { isLost } from './source.js';
import { failure, state } from './store.js';
import { switchTheme, theme } from './theme.js';
import { TeachView } from './teach/teachView.js';
import { TrainingView } from './training/trainingView.js';
import { language, switchLanguage, texts } from './words/index.js';

/** The whole page. */
export function App() {
  const t = texts.value.frame;
  return (
    <>
      <a class="skip" href="#main">
        {t.skip}
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
            class="quiet language"
            id="language"
            type="button"
            aria-label={t.toOtherLanguage}
            title={t.toOtherLanguage}
            onClick={switchLanguage}
          >
            {t.otherLanguage}
          </button>
          <button
            class="quiet"
            type="button"
            aria-label={theme.value === 'dark' ? t.toLight : t.toDark}
            title={t.theme}
            onClick={switchTheme}
          >
            <Icon name="theme" />
          </button>
        </div>
      </header>
      <div role="status" aria-live="polite">
        {isLost.value && state.value && <p class="banner bad">{texts.value.clips.noAnswer}</p>}
      </div>
      <main id="main" class="wide" tabIndex={-1}>
        {failure.value !== null && state.value === null ? <Failure text={failure.value} /> : <Content />}
      </main>
      <JobBar />
      <KeysDialog />
    </>
  );
}

function Navigation() {
  const models = state.value?.models ?? [];
  const { names, views: label } = texts.value.frame;
  const views: [View, boolean][] = [
    ['clips', true],
    ['here', models.some(({ id }) => id !== null)],
    ['training', models.some(({ hasTraining }) => hasTraining)],
    ['findings', models.some(({ hasAudit }) => hasAudit)],
    ['queue', state.value?.hasQueue === true],
  ];
  const served = views.filter(([, isThere]) => isThere).map(([view]) => view);
  const shown: View[] = isNothingServed.value ? ['teach', ...served] : [...served, 'teach'];
  return (
    <nav class="views" aria-label={label}>
      {shown.map((view) => (
        <a
          key={view}
          href={addressOf({ ...route.value, view, clip: view === 'clips' ? route.value.clip : null })}
          aria-current={shownView.value === view ? 'page' : undefined}
        >
          {names[view]}
        </a>
      ))}
    </nav>
  );
}

function Content() {
  if (!state.value) return <p class="waiting">{texts.value.frame.opening}</p>;
  const view = shownView.value;
  if (view === 'teach') return <TeachView />;
  if (view === 'here') return <LocalView />;
  if (view === 'training') return <TrainingView />;
  if (view === 'findings') return <FindingsView />;
  if (view === 'queue') return <QueueView />;
  return <BrowseView key={language.value} />; // its time lines are not components
}

function Failure({ text }: { text: string }) {
  return (
    <section class="sheet empty">
      <h1>{texts.value.app.nothing}</h1>
      <p>{text}</p>
      <p class="note">{texts.value.app.asksAgain}</p>
    </section>
  );
}
