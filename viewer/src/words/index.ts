// The language of the page: as the browser says until the reader chooses; the choice is kept where the browser lets it.
import { computed, signal } from '@preact/signals';
import { en, type Texts } from './en.js';
import { zh } from './zh.js';

type Language = 'en' | 'zh';
const KEY = 'wherewhen:language';
const languages: Record<Language, Texts> = { en, zh };

/** The language that is shown. */
export const language = signal<Language>(kept() ?? preferred());

/** All texts in that language. */
export const texts = computed(() => languages[language.value]);

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

function kept(): Language | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'en' || value === 'zh' ? value : null;
  } catch {
    return null;
  }
}

function preferred(): Language {
  return /^zh\b/i.test(navigator.language) ? 'zh' : 'en';
}
