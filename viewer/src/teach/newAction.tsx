// The form that adds an action; at the beginning there are two fields, for two actions are the least.
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { texts } from '../words/index.js';
import { actions, addAction, isFree } from './lesson.js';

/** The form. */
export function NewAction() {
  const name = useSignal('');
  const fault = useSignal('');
  const id = useId();
  const t = texts.value.actions;
  const n = actions.value.length;
  const add = (event: Event): void => {
    event.preventDefault();
    const typed = name.value.trim();
    fault.value = typed === '' ? t.empty : isFree(typed) ? '' : t.same(typed);
    if (fault.value !== '') return;
    addAction(typed);
    name.value = '';
  };
  return (
    <form class="new-action" onSubmit={add}>
      <label for={id}>{n === 0 ? t.first : n === 1 ? t.second : t.add}</label>
      <input
        id={id}
        class="field"
        value={name.value}
        placeholder={t.placeholder}
        autocomplete="off"
        maxLength={60}
        aria-invalid={fault.value !== ''}
        onInput={({ currentTarget }) => {
          name.value = currentTarget.value;
          fault.value = '';
        }}
      />
      <button type="submit" class={n < 2 ? 'main' : undefined}>
        {t.addNamed}
      </button>
      {fault.value !== '' && (
        <p role="alert" class="bad">
          {fault.value}
        </p>
      )}
    </form>
  );
}
