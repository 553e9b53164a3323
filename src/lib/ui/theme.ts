// The chosen theme: kept in this browser, shown by `data-theme` on the root element. src/app.html
// applies it before the first paint under the same key.

/** `system` follows the operating system and is what nobody chose. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'lightcone:theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];

/** The theme the page wears now. */
export function currentTheme(): Theme {
  const theme = document.documentElement.dataset['theme'];
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

/** The theme after `theme` when one button goes through all of them. */
export function nextTheme(theme: Theme): Theme {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? 'system';
}

/** Applies a theme and remembers it, as far as the browser allows. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be denied: the theme then lasts as long as the page.
  }
}
