// What the examples of the playground are called.

import { m } from '#lib/i18n/paraglide/messages.js';
import type { Example } from '#lib/lessons/examples.ts';

const WORDS: Record<Example['name'], { name: () => string; line: () => string }> = {
  blank: { name: m.play_blank_name, line: m.play_blank_line },
  sockets: { name: m.play_sockets_name, line: m.play_sockets_line },
  celery: { name: () => 'Celery', line: m.play_celery_line },
  scoop: { name: () => 'SCOOP', line: m.play_scoop_line },
  pyro4: { name: () => 'Pyro4', line: m.play_pyro4_line },
  rpyc: { name: () => 'RPyC', line: m.play_rpyc_line },
  pycsp: { name: () => 'PyCSP', line: m.play_pycsp_line },
  disco: { name: () => 'Disco', line: m.play_disco_line },
};

/** In the order in which they are offered. */
export const EXAMPLE_NAMES = Object.keys(WORDS) as Example['name'][];

export const exampleWords = (name: Example['name']): { name: string; line: string } => ({
  name: WORDS[name].name(),
  line: WORDS[name].line(),
});

export const LANGUAGE_NAMES: Record<Example['language'], string> = {
  ts: 'TypeScript',
  py: 'Python',
};

export const exampleName = ({ name, language }: Example): string =>
  m.play_new_in({ name: exampleWords(name).name, language: LANGUAGE_NAMES[language] });
