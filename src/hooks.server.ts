// What every prerendered page gets: its language, and for the page of unknown addresses, which
// is otherwise drawn by script, a text to read without one.

import type { Handle } from '@sveltejs/kit/hooks';
import { getRequestEvent } from '$app/server';
import { baseLocale, languageTag, type Locale } from '#lib/i18n/locale.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import { overwriteGetLocale } from '#lib/i18n/paraglide/runtime.js';

overwriteGetLocale(() => getRequestEvent().params.locale ?? baseLocale);

export const handle: Handle = ({ event, resolve }) =>
  resolve(event, {
    transformPageChunk: ({ html }) =>
      html
        .replace('%lang%', languageTag[event.params.locale ?? baseLocale])
        .replace('%noscript%', event.route.id === null ? unknownPage() : ''),
  });

function unknownPage(): string {
  const text = (locale: Locale) =>
    `<h1>${m.not_found_title({}, { locale })}</h1><p>${m.not_found_summary({}, { locale })}</p>`;
  return `<noscript><main>${text('en')}<div lang="zh-CN">${text('zh')}</div></main></noscript>`;
}
