// What the site says of each model: its README and its score against the real one, which are written
// once, for this page and for whoever reads the sources; and the reference of its module. Read while
// pages are prerendered.

import { readFile } from 'node:fs/promises';
import { readApi, type ApiModule } from './api.ts';
import { html } from './html.ts';

/** In the order in which they are listed. The address is the name of the folder. */
export const MODEL_TITLES = {
  celery: 'Celery',
  scoop: 'SCOOP',
  pyro4: 'Pyro4',
  rpyc: 'RPyC',
  pycsp: 'PyCSP',
  disco: 'Disco',
} as const;

export type DocumentedModel = keyof typeof MODEL_TITLES;

/** A heading and what stands under it. */
interface Section {
  id: string;
  title: string;
  /** HTML. */
  body: string;
}

export interface ModelDocs {
  title: string;
  /** HTML. */
  about: string;
  sections: Section[];
  /** Against recordings of the real one: HTML. */
  score: string;
  modules: ApiModule[];
}

export const isDocumented = (name: string): name is DocumentedModel => name in MODEL_TITLES;

export async function readModelDocs(model: DocumentedModel): Promise<ModelDocs> {
  const folder = `src/lib/models/${model}`;
  const [readme, conformance, types] = await Promise.all(
    [`${folder}/README.md`, 'docs/conformance.md', `${folder}/${model}.d.ts`].map((file) =>
      readFile(file, 'utf8'),
    ),
  );
  const [head = '', ...parts] = readme!.split(/^## /m);
  const title = MODEL_TITLES[model];
  const scores = conformance!.split(/^# /m).filter((part) => part.startsWith(`${title} against `));
  return {
    title,
    about: html(head.replace(/^# .*\n/, '')),
    sections: parts.map((part) => {
      const [heading = '', ...rest] = part.split('\n');
      const id = heading.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
      return { id, title: heading, body: html(rest.join('\n')) };
    }),
    score: scores.map((part) => html(part.slice(part.indexOf('\n')))).join(''),
    modules: readApi(types!),
  };
}
