// The page's language. It is in the path (`/…` English, `/zh/…` Chinese), so every prerendered
// page has its own and reads without JavaScript. Messages are plain functions, not signals: a
// change of language is a page load, never a client-side navigation.

import { resolve } from '$app/paths';
import { baseLocale, getLocale, locales, type Locale } from '#lib/i18n/paraglide/runtime.js';

export { baseLocale, getLocale, locales, type Locale };

/** The value of `<html lang>`; with `zh-CN` the browser picks simplified glyphs. */
export const languageTag: Record<Locale, string> = { en: 'en', zh: 'zh-CN' };

/**
 * The address of a page of this site in a language, below whatever path the site is served from.
 *
 * @param path from the site's root, with a trailing slash: `/lessons/first-task/`. May carry a
 *   query or a hash.
 * @param locale default: the page's own.
 */
export function localHref(path: `/${string}`, locale: Locale = getLocale()): string {
  const prefix = locale === baseLocale ? '' : `${locale}/`;
  // Kit takes a path without its leading slash; its type lists the routes, ours is any page.
  return (resolve as (path: string) => string)(prefix + path.slice(1));
}
