// The language of the page: as `?lang=` in its address says, else as was chosen earlier, else as the browser says.
import { computed, signal } from '@preact/signals';
import { speak } from '../../../src/page/pageWords.js';
import { en, type Texts } from './en.js';
import { zh } from './zh.js';

type Language = 'en' | 'zh';
const KEY = 'wherewhen:language';
const languages: Record<Language, Texts> = { en, zh };

/** The language that is shown. */
export const language = signal<Language>(asked() ?? kept() ?? preferred());

/** All texts in that language. */
export const texts = computed(() => languages[language.value]);

texts.subscribe(({ page }) => speak(page)); // the time line and sentences, which reports share

language.subscribe((value) => (document.documentElement.lang = value === 'zh' ? 'zh-Hans' : 'en'));

/** Switches to the other one. */
export function switchLanguage(): void {
  language.value = language.value === 'en' ? 'zh' : 'en';
  try {
    localStorage.setItem(KEY, language.value);
  } catch {
    // a full storage: the choice lasts as long as the page
  }
}

function asked(): Language | null {
  return languageOf(new URLSearchParams(location.search).get('lang'));
}

function languageOf(value: string | null): Language | null {
  return value === 'en' || value === 'zh' ? value : null;
}

function kept(): Language | null {
  try {
    return languageOf(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function preferred(): Language {
  return /^zh\b/i.test(navigator.language) ? 'zh' : 'en';
}
