// What the audit of the model found, from the worst to the best, each finding with its evidence clips.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { words } from '../../../src/page/sentences.js';
import { addressOf, route } from '../route.js';
import { clips, model } from '../store.js';
import { audit, loadAudit, type ShownEvidence, type ShownFinding } from './audit.js';
import { texts } from '../words/index.js';

/** The view of findings. */
export function FindingsView() {
  const fault = useSignal('');
  const t = texts.value.findings;
  const key = model.value?.key ?? '';
  useEffect(() => {
    fault.value = '';
    audit.value = null;
    if (key !== '') loadAudit(key).catch((error: Error) => (fault.value = error.message));
  }, [key]);
  const found = audit.value;
  const isOlder = found !== null && model.value?.id !== found.model.id;
  return (
    <div class="findings">
      <h1>{t.title(model.value?.name ?? '')}</h1>
      {fault.value !== '' && <p class="bad">{fault.value}</p>}
      {isOlder && (
        <p class="banner bad">
          {t.older[0]}
          <code>{'wherewhen audit'}</code>
          {t.older[1]}
        </p>
      )}
      {found && (
        <p>
          {found.verdict.words} <span class="note">{t.lookedAt(found.clips)}</span>
        </p>
      )}
      <ol class="plain" id="findings">
        {found?.findings.map((finding) => (
          <One key={finding.check} finding={finding} />
        ))}
      </ol>
    </div>
  );
}

function One({ finding: { check, level, words: text, figures, evidenceClips } }: { finding: ShownFinding }) {
  const kind = level === 'pass' ? 'right' : level === 'note' ? '' : 'wrong';
  return (
    <li class="sheet" id={`finding-${check}`}>
      <p class="finding-head">
        <span class={`chip ${kind}`}>{texts.value.findings.levels[level]}</span>
        <strong>{words(check)}</strong>
      </p>
      <p>{text}</p>
      {figures.length > 0 && (
        <dl class="facts">
          {figures.map(({ name, value }) => (
            <>
              <dt>{name}</dt>
              <dd>{short(value)}</dd>
            </>
          ))}
        </dl>
      )}
      {evidenceClips && (
        <Evidence evidence={evidenceClips} isOpen={level === 'fault' || level === 'warning'} />
      )}
    </li>
  );
}

/** The clips by name, each opening where it is served. */
function Evidence({
  evidence: { measure, clips: named },
  isOpen,
}: {
  evidence: ShownEvidence;
  isOpen: boolean;
}) {
  const t = texts.value.findings;
  const ids = new Map(clips.value.names.map((name, i) => [name, clips.value.ids[i]!]));
  const missing = named.filter(({ name }) => !ids.has(name)).length;
  return (
    <details class="evidence-clips" open={isOpen}>
      <summary>{t.against(measure)}</summary>
      <ol>
        {named.map(({ name, value }) => {
          const id = ids.get(name);
          const place = id && addressOf({ ...route.value, view: 'clips', clip: id });
          return (
            <li key={name}>
              {place ? <a href={place}>{name}</a> : <span>{name}</span>} <b>{short(value)}</b>
            </li>
          );
        })}
      </ol>
      {missing > 0 && (
        <p class="note">
          {t.missing[0](missing)}
          <code>{'--data'}</code>
          {t.missing[1]}
        </p>
      )}
    </details>
  );
}

function short(value: number): number {
  return Number(value.toPrecision(3));
}
