// Where tasks run, and what a cluster refuses (SEMANTICS 5.1, 5.9).

import { describe, expect, test } from 'vitest';
import { experiment } from '../celery/harness.ts';
import { job, printed, stream } from './run.ts';
import { serialCount, wordCount } from './word-count.ts';

/** How long a job took, in seconds, by its last event. */
function seconds(lines: readonly string[]): number {
  const [, minutes, rest] = /READY: Job done in 0:(\d\d):([\d.]+)/.exec(lines.join('\n'))!;
  return Number(minutes) * 60 + Number(rest);
}

describe('scheduling', () => {
  const HEAVY = wordCount('', 2_000_000);

  test('NODE7 more slots make a heavy job faster, a light one hardly', async () => {
    const nodes = {
      master: 'disco-master',
      n1: 'disco-node --slots 1',
      client: { run: 'client.ts', startMs: 100 },
    };
    const took = async (source: string, isSmall: boolean): Promise<number> => {
      const more = isSmall ? { nodes } : {};
      const run = await job(source, more);
      expect(stream(run, 'stdout')).toEqual(serialCount());
      return seconds(stream(run, 'stderr'));
    };
    expect(await took(HEAVY, true)).toBeGreaterThan(2.5 * (await took(HEAVY, false)));
  });

  test('maxCores limits the tasks of a job that run at a time', async () => {
    const run = await job(wordCount('scheduler: { maxCores: 2 },'));
    const running = run
      .states('disco jobs')
      .flatMap((jobs) => (jobs as { stages: { running: number }[] }[]).flatMap((it) => it.stages))
      .map((stage) => stage.running);
    expect(Math.max(...running)).toBe(2);
  });

  test('two jobs share the slots: neither waits for the other to end', async () => {
    const run = await job(
      `${wordCount('scheduler: {},', 200_000).replace('const pairs', 'const other = await new Job({ name: "Other" }).run({ input: ["raw://x"], map });\nconst pairs')}
      await other.wait();`,
    );
    const ends = run.of('send', 'n1').concat(run.of('send', 'n2'), run.of('send', 'n3'));
    expect(ends.length).toBeGreaterThan(0);
    const states = run.states('disco jobs') as { name: string; status: string }[][];
    const firstEnd = states.find((jobs) => jobs.some(({ status }) => status === 'ready'))!;
    expect(firstEnd.find(({ status }) => status === 'ready')!.name).toMatch(/^Other@/);
  });

  test('forceLocal and forceRemote: where the blobs are, and where they are not', async () => {
    for (const [option, isThere] of [
      ['forceLocal', true],
      ['forceRemote', false],
    ] as const) {
      const lines = await printed(`
        import { DDFS } from 'disco';
        export function* map(line) { yield [line, 1]; }
        await new DDFS().push('t', [['a', 'a'], ['b', 'b'], ['c', 'c']]);
        const job = await new Job().run({ input: ['tag://t'], map, scheduler: { ${option}: true } });
        await job.wait();
        const homes = (await new DDFS().blobs('t')).map(([url]) => url.split('/')[2]);
        const ran = (await job.events()).map((it) => /map:(\\d) assigned to (\\w+)/.exec(it)).filter((it) => it);
        console.log(ran.every(([, task, node]) => (homes[Number(task)] === node) === ${isThere}), ran.length);`);
      expect(lines).toEqual(['true 3']);
    }
  });

  test('a blacklisted node gets no tasks until it is whitelisted', async () => {
    const lines = await printed(`
      import { Disco } from 'disco';
      export function* map(line) { yield [line, 1]; }
      const disco = new Disco();
      const input = ['raw://a', 'raw://b', 'raw://c'];
      const nodes = async () => {
        const job = await new Job().run({ input, map });
        await job.wait();
        return [...new Set((await job.events()).map((it) => /map:\\d assigned to (\\w+)/.exec(it)?.[1]))].sort();
      };
      await disco.blacklist('n2');
      console.log((await disco.nodeinfo()).n2.blacklisted, (await nodes()).includes('n2'));
      await disco.whitelist('n2');
      console.log((await nodes()).includes('n2'));`);
    expect(lines).toEqual(['true false', 'true']);
  });
});

describe('refusals', () => {
  test('jobs of a cluster are in one language', async () => {
    const run = await job(`
      import { connect } from 'node';
      import { Job, nopMap } from 'disco';
      await new Job().run({ input: ['raw://x'], map: nopMap });
      const pack = JSON.stringify({ prefix: 'Job', owner: '', language: 'py', program: '', data: '',
        pipeline: [], inputs: [], scheduler: { maxCores: null } });
      const master = await connect('master', 8989);
      await master.send('POST /disco/job/new HTTP/1.1\\r\\nContent-Length: ' + pack.length + '\\r\\n\\r\\n' + pack);
      console.log((await master.receiveText()).split('\\r\\n\\r\\n')[1]);`);
    expect(stream(run, 'stdout')[0]).toBe(
      '["error","this cluster runs jobs in TypeScript, and this one is in Python: write the programs of an experiment in one language"]',
    );
  });

  test.each([
    'GET /etc/passwd HTTP/1.1\\r\\n\\r\\n',
    'GET /disco/data/../../etc/passwd HTTP/1.1\\r\\n\\r\\n',
    'PUT /disco/data/x HTTP/1.1\\r\\nContent-Length: 1\\r\\n\\r\\nx',
    'nonsense\\r\\n\\r\\n',
    'GET / HTTP/1.1\\r\\nContent-Length: -5\\r\\n\\r\\n',
  ])('a node gives and takes nothing but data: %s', async (request) => {
    const run = await job(`
      import { connect } from 'node';
      const node = await connect('n1', 8990);
      await node.send('${request}');
      console.log(((await node.receiveText()) ?? 'closed').split('\\r\\n')[0]);`);
    expect(stream(run, 'stdout')[0]).toMatch(/404|400|closed/);
    expect(run.of('exit', 'n1')).toEqual([]);
  });

  test.each(['{', '{}', '[]', '{"pipeline":[{"stage":"x","grouping":"y"}],"inputs":[]}'])(
    'a master survives a job pack that is none: %s',
    async (pack) => {
      const run = await job(`
        import { connect } from 'node';
        import { Disco } from 'disco';
        const master = await connect('master', 8989);
        await master.send('POST /disco/job/new HTTP/1.1\\r\\nContent-Length: ${pack.length}\\r\\n\\r\\n' + ${JSON.stringify(pack)});
        console.log(((await master.receiveText()) ?? 'closed').split('\\r\\n')[0]);
        console.log(await new Disco().joblist());`);
      expect(stream(run, 'stdout')).toEqual(['HTTP/1.1 400 Bad Request', '[]']);
    },
  );

  test.each([
    '{"type":"register"}',
    '{"type":"register","name":"n9","slots":2,"tags":{"t":1}}',
    '{"type":"done","attempt":1}',
    'null',
    'nonsense',
  ])('a master leaves a node that sends what is no frame: %s', async (frame) => {
    const run = await job(`
      import { connect } from 'node';
      import { Disco } from 'disco';
      const master = await connect('master', 8988);
      await master.send(String.fromCharCode(0, 0, 0, ${frame.length}) + ${JSON.stringify(frame)});
      try { console.log(await master.receive()); } catch (error) { console.log(error.code); }
      console.log(Object.keys(await new Disco().nodeinfo()));`);
    expect(stream(run, 'stdout')[0]).toMatch(/null|ECONNRESET/);
    expect(stream(run, 'stdout')[1]).toBe("['n1', 'n2', 'n3']");
  });

  test.each(['null', '{}', '[]', 'nonsense', '["ok", 5]'])(
    'a client takes a master that answers %s for none',
    async (answer) => {
      const rogue = `
        import { listen } from 'node';
        const server = listen(8989);
        for (;;) {
          const socket = await server.accept();
          await socket.receive();
          const answer = ${JSON.stringify(answer)};
          await socket.send('HTTP/1.1 200 OK\\r\\nContent-Length: ' + answer.length + '\\r\\n\\r\\n' + answer);
        }`;
      const client = `
        import { DDFS, Disco, Job, nopMap } from 'disco';
        const tried = async (make) => {
          try { await make(); console.log('done'); } catch (error) { console.log(error.name); }
        };
        await tried(() => new Job().run({ input: ['raw://x'], map: nopMap }));
        await tried(() => new DDFS().blobs('t'));
        await tried(() => new Disco().events('x'));`;
      const run = await experiment({
        files: { 'rogue.ts': rogue, 'client.ts': client },
        nodes: { master: 'rogue.ts', client: { run: 'client.ts', startMs: 100 } },
      });
      const errors = run.lines('client');
      expect(errors).toHaveLength(3);
      for (const line of errors) expect(line).toMatch(/^(CommError|DiscoError|done)$/);
      expect(errors[1]).toBe('CommError');
    },
  );

  test('a node that cannot read its command says so', async () => {
    const nodes = { n1: 'disco-node --slots none' };
    const run = await experiment({ files: {}, nodes });
    expect(run.lines('n1').join('\n')).toContain('disco-node: cannot read: --slots none');
    expect(run.of('exit', 'n1')[0]).toMatchObject({ code: 2 });
  });
});
