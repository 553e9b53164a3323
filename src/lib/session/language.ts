// The language that a learner programs in, where a lesson has both: chosen once, kept in this browser.

import { LANGUAGES, type Language } from '#lib/lessons/languages.ts';

const KEY = 'lightcone:language';

/** The language chosen last, or null. In the browser, after hydration. */
export function rememberedLanguage(): Language | null {
  try {
    const kept = localStorage.getItem(KEY);
    return LANGUAGES.find((language) => language === kept) ?? null;
  } catch {
    return null;
  }
}

/**
 * The page shows that language now. Until then what is of another one is not shown: src/app.html says
 * on the root element which one is remembered.
 */
export function endWaitForLanguage(): void {
  delete document.documentElement.dataset['program'];
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // It lasts as long as the page.
  }
}
