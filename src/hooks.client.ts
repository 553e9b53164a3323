// In the browser the language is read off the address, also on pages no route knows.
import { localHref } from '#lib/i18n/locale.ts';
import { baseLocale, locales, overwriteGetLocale } from '#lib/i18n/paraglide/runtime.js';

const locale =
  locales.find(
    (one) => one !== baseLocale && `${location.pathname}/`.startsWith(localHref('/', one)),
  ) ?? baseLocale;

overwriteGetLocale(() => locale);
