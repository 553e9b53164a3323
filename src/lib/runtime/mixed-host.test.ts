import { expect, test } from 'vitest';
import type { ProcessHandle } from '#lib/kernel/fleet.ts';
import type { Request } from '#lib/kernel/kernel.ts';
import { KEPT_COUNT, MixedHost, shareOf } from './mixed-host.ts';
import type { Host, HostAnswer } from './run.ts';

const handle = (name: string, machine = name): ProcessHandle =>
  ({ name, spec: { machine } }) as ProcessHandle;

/** Answers each request with the name of the process and its own. */
function hostNamed(host: string, isLate: boolean): Host {
  const answersTo = (requests: readonly Request[]): HostAnswer[] =>
    requests.map(({ process }) => ({ fault: `${process.name} by ${host}` }));
  return {
    start: () => undefined,
    end: () => undefined,
    advance: (requests) => (isLate ? Promise.resolve(answersTo(requests)) : answersTo(requests)),
    waits: () => [],
    close: () => undefined,
  };
}

test('NODE3 machines are dealt out in the order in which they come up, with all their processes', () => {
  const isShare = shareOf(2);
  for (let kept = 0; kept < KEPT_COUNT; kept++) expect(isShare(handle(`k${kept}`))).toBe(true);
  const names = ['a', 'b', 'c', 'd'];
  expect(names.map((name) => isShare(handle(name)))).toEqual([true, false, true, false]);
  expect(isShare(handle('a/1', 'a'))).toBe(true);
  expect(isShare(handle('b/1', 'b'))).toBe(false);
});

test('NODE3 each answer goes to its request, wherever it was made', async () => {
  const own = new Set(['a', 'c']);
  const host = new MixedHost(hostNamed('here', false), hostNamed('there', true), ({ name }) =>
    own.has(name),
  );
  const requests = (...names: string[]): Request[] =>
    names.map((name) => ({
      process: handle(name),
      batch: { inputs: [], boundUs: 1, notBeforeUs: 0 },
    }));
  expect(await host.advance(requests('b', 'a', 'd', 'c'))).toEqual(
    ['b by there', 'a by here', 'd by there', 'c by here'].map((fault) => ({ fault })),
  );
  expect(host.advance(requests('c', 'a'))).toEqual([
    { fault: 'c by here' },
    { fault: 'a by here' },
  ]);
  expect(await host.advance(requests('d'))).toEqual([{ fault: 'd by there' }]);
});
