// Which model answers, and which one stands beside it.
import { besideModel, model, state } from '../store.js';
import { go } from '../route.js';
import { texts } from '../words/index.js';

/** Two choices; the second only where there are two models. */
export function ModelPicker() {
  const models = (state.value?.models ?? []).filter(({ id }) => id !== null);
  if (models.length === 0) return null;
  const t = texts.value.list;
  return (
    <div class="pickers">
      <label>
        {t.model}
        <select
          id="model"
          value={model.value?.key ?? ''}
          onChange={({ currentTarget }) => go({ model: currentTarget.value })}
        >
          {models.map(({ key, name, attention }) => (
            <option key={key} value={key}>
              {name} ({attention})
            </option>
          ))}
        </select>
      </label>
      {models.length > 1 && (
        <label>
          {t.beside}
          <select
            id="beside"
            value={besideModel.value?.key ?? ''}
            onChange={({ currentTarget }) => go({ beside: currentTarget.value || null })}
          >
            <option value="">{t.noBeside}</option>
            {models
              .filter(({ key }) => key !== model.value?.key)
              .map(({ key, name, attention }) => (
                <option key={key} value={key}>
                  {name} ({attention})
                </option>
              ))}
          </select>
        </label>
      )}
    </div>
  );
}
