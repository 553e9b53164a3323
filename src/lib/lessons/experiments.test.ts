import { expect, test } from 'vitest';
import { readExamples } from './examples.ts';
import { readExperiments } from './experiments.ts';

test('each experiment of the playground has a cluster, a title and one sentence in both languages', async () => {
  const experiments = await readExperiments();
  expect(new Set(experiments.map(({ name }) => name)).size).toBe(experiments.length);
  for (const { name, title, about, files } of experiments) {
    expect(Object.keys(files), name).toContain('cluster.json');
    for (const text of [title, about]) {
      expect(text.en, name).toMatch(/^[A-Z]/);
      expect(text.zh, name).toMatch(/[\u4e00-\u9fff]/);
    }
    expect(about.en, name).toMatch(/^[^.?]+[.?]$/);
  }
});

test('what is changed in one is not kept as another', async () => {
  const names = [...(await readExamples()), ...(await readExperiments())];
  const keys = names.map(({ name, language }) => `${name}:${language}`);
  expect(new Set(keys).size).toBe(keys.length);
});
