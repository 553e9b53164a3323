import { describe, expect, test } from 'vitest';
import { InputError } from '#lib/protocol/errors.ts';
import { RandomStream } from '#lib/protocol/random.ts';
import { traceText } from '../../../tests/support/fixtures.ts';
import { randomTrace } from '../../../tests/support/random-trace.ts';
import { TraceDigest } from './digest.ts';
import { readTrace, TraceReader } from './reader.ts';
import { saveTrace } from './save.ts';
import { TraceStore } from './store.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function savedText(store: TraceStore): string {
  let text = '';
  saveTrace(store, (lines) => (text += lines));
  return text;
}

/** A fixture as it would be written today: with its true digest, and a text that is not ASCII. */
const good = savedText(TraceStore.from(traceText('first-task'))).replace(
  '"build":"fixture"',
  '"build":"fixture-光锥"',
);
const lines = good.trimEnd().split('\n');

function read(text: string | Uint8Array, cutAt: readonly number[] = []): TraceStore {
  const bytes = typeof text === 'string' ? bytesOf(text) : text;
  const reader = new TraceReader('run.jsonl');
  let from = 0;
  for (const to of [...cutAt, bytes.length]) {
    reader.push(bytes.subarray(from, to));
    from = to;
  }
  return reader.finish();
}

function refusal(text: string | Uint8Array): { code: string; line: number; message: string } {
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { diagnostics } = error as InputError;
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]!.file).toBe('run.jsonl');
    return diagnostics[0]!;
  }
  throw new Error('it was read');
}

/** The good trace with one line changed. */
function withLine(number: number, change: (line: string) => string): string {
  return lines.map((line, at) => (at === number - 1 ? change(line) : line)).join('\n') + '\n';
}

describe('a good trace', () => {
  test.each(['first-task', 'first-task-killed', 'every-shape'])('%s is read whole', (name) => {
    const live = TraceStore.from(traceText(name));
    const text = savedText(live);
    const store = read(text);
    const events = (trace: TraceStore) =>
      Array.from({ length: trace.eventCount }, (_, id) => trace.eventAt(id));
    expect(events(store)).toEqual(events(live));
    expect(store.header).toEqual(live.header);
    expect(savedText(store)).toBe(text);
  });

  test('cut anywhere, also inside a character, gives the same store', () => {
    const text = good.replaceAll('"preview":""', '"preview":"任务"');
    const whole = savedText(TraceStore.from(text));
    const bytes = bytesOf(whole);
    for (let seed = 1; seed <= 60; seed++) {
      const random = new RandomStream(seed, 'cuts');
      const count = random.below(40, 0, 0);
      const cuts = Array.from({ length: count }, (_, at) => random.below(bytes.length, 1, at));
      expect(
        savedText(
          read(
            bytes,
            cuts.sort((a, b) => a - b),
          ),
        ),
        `seed ${seed}`,
      ).toBe(whole);
    }
    const every = Array.from(bytes.subarray(0, 3000), (_, at) => at);
    expect(savedText(read(bytes, every))).toBe(whole);
  });

  test('comes from a stream', async () => {
    const stream = new Blob([good]).stream() as unknown as AsyncIterable<Uint8Array>;
    expect((await readTrace(stream)).end!.digest).toBe(JSON.parse(lines.at(-1)!).digest);
  });

  test('needs no line end after its last line', () => {
    expect(read(good.trimEnd()).eventCount).toBe(lines.length - 2);
  });

  test('of a run that failed has no digest to compare', () => {
    const failed = withLine(lines.length, (line) =>
      line.replace('"quiescent"', '"failed"').replace(/,"digest":"\w+"/, ''),
    );
    expect(read(failed).end!.reason).toBe('failed');
  });

  test('may have fields that this version does not know: they are hashed, not kept', () => {
    const changed = lines.slice(1, -1).map((line) => line.replace(/}$/, ',"mood":"new"}') + '\n');
    const digest = new TraceDigest();
    for (const line of changed) digest.update(bytesOf(line));
    const end = lines.at(-1)!.replace(/"digest":"\w+"/, `"digest":"${digest.hex()}"`);
    const store = read(`${lines[0]}\n${changed.join('')}${end}\n`);
    expect(store.eventCount).toBe(lines.length - 2);
    expect(store.eventAt(0)).not.toHaveProperty('mood');
  });

  test('of 20 000 events stays under 64 bytes an event besides texts', () => {
    const text = savedText(
      TraceStore.from(randomTrace({ seed: 3, nodeCount: 12, eventCount: 20_000 })),
    );
    const store = read(text);
    expect(store.byteLength / store.eventCount).toBeLessThanOrEqual(64);
  });
});

describe('a foreign file', () => {
  test.each([
    ['an empty file', '', 'empty file'],
    ['a page', '<!doctype html>\n<html></html>\n', 'web page'],
    ['plain text', 'hello\nworld\n', 'not a trace, which begins with {"lightcone":1'],
    ['an indented JSON file', '{\n  "network": {}\n}\n', 'not a trace'],
    ['other JSON lines', '{"level":"info"}\n{"level":"warn"}\n', 'not a trace'],
    ['a list', '[1,2]\n', 'not a trace'],
    ['a number', '7\n', 'not a trace'],
  ])('%s is refused in words', (_name, text, message) => {
    const { code, message: said } = refusal(text);
    expect(code).toBe('trace-foreign');
    expect(said).toContain(message);
    expect(said).toContain('Save trace');
  });

  test.each([
    ['gzip', [0x1f, 0x8b, 8, 0, 10, 1], 'gunzip'],
    ['ZIP', [0x50, 0x4b, 3, 4, 10, 1], 'ZIP'],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0, 10, 0], 'UTF-8'],
    ['bytes', [0x80, 0x81, 10], 'not a trace'],
  ])('%s is named', (_name, bytes, message) => {
    const { code, message: said } = refusal(Uint8Array.from(bytes));
    expect(code).toBe('trace-foreign');
    expect(said).toContain(message);
  });

  test('a file without line ends is given up before it fills the memory', () => {
    const reader = new TraceReader();
    const piece = new Uint8Array(1_000_000).fill(65);
    expect(() => {
      for (let count = 0; count < 100; count++) reader.push(piece);
    }).toThrow('longer than any line of a trace');
  });

  test('a newer format says where to open it', () => {
    const newer = refusal(withLine(1, (line) => line.replace('"lightcone":1', '"lightcone":2')));
    expect(newer.code).toBe('trace-version');
    expect(newer.message).toContain('format 2');
  });
});

describe('a damaged trace names the line', () => {
  const last = lines.length;
  test.each([
    ['a bad seed', withLine(1, (line) => line.replace('"seed":1', '"seed":-1')), 1, 'seed'],
    [
      'machines that are no table',
      withLine(1, (line) => line.replace(/}$/, ',"machines":["m"]}')),
      1,
      'machines by node',
    ],
    [
      'a machine of nobody',
      withLine(1, (line) => line.replace(/}$/, ',"machines":{"nobody":"m"}}')),
      1,
      'unknown node: nobody',
    ],
    [
      'a machine without a name',
      withLine(1, (line) => line.replace(/}$/, ',"machines":{"client":7}}')),
      1,
      'machines.client',
    ],
    ['no JSON', withLine(9, (line) => line.slice(3)), 9, 'not a JSON object'],
    ['an unknown kind', withLine(3, (line) => line.replace('start', 'dance')), 3, 'unknown kind'],
    ['a kind of every object', withLine(3, (line) => line.replace('start', 'toString')), 3, 'kind'],
    [
      'a missing field',
      withLine(2, (line) => line.replace(/"command":"[^"]*"/, '"x":1')),
      2,
      'command',
    ],
    [
      'a wrong type',
      withLine(2, (line) => line.replace('"incarnation":1', '"incarnation":"1"')),
      2,
      'whole number',
    ],
    ['a fraction', withLine(2, (line) => line.replace('"tUs":0', '"tUs":0.5')), 2, 'tUs'],
    ['a stranger', withLine(2, (line) => line.replace('"node":"', '"node":"z')), 2, 'unknown node'],
    [
      'a later cause',
      withLine(9, (line) => line.replace(/}$/, ',"cause":99999}')),
      9,
      'later event',
    ],
    [
      'an id that is no number',
      withLine(9, (line) => line.replace(/}$/, ',"cause":"a"}')),
      9,
      'cause',
    ],
    ['a missing line', lines.filter((_, at) => at !== 9).join('\n') + '\n', last - 1, 'missing'],
    [
      'a line twice',
      [...lines.slice(0, 2), lines[1], ...lines.slice(2)]
        .join('\n')
        .replaceAll(/,"(cause|send)":(\d+)/g, (_all, name, id) => `,"${name}":${Number(id) + 1}`),
      last + 1,
      'added',
    ],
    [
      'lines changed about',
      [lines[0], lines[2], lines[1], ...lines.slice(3)].join('\n'),
      last,
      'digest',
    ],
    [
      'time that runs back',
      withLine(10, (line) => line.replace(/"tUs":\d+/, '"tUs":0')),
      10,
      'backwards',
    ],
    ['no end', lines.slice(0, -1).join('\n') + '\n', last - 1, 'cut off'],
    ['a cut line', good.slice(0, 700), good.slice(0, 700).split('\n').length, 'cut off'],
    [
      'an unknown reason',
      withLine(last, (line) => line.replace('quiescent', 'bored')),
      last,
      'reason',
    ],
    [
      'an end before its events',
      withLine(last, (line) => line.replace(/"tUs":\d+/, '"tUs":3')),
      last,
      'before its last',
    ],
    [
      'no digest',
      withLine(last, (line) => line.replace(/"digest":"\w+"/, '"x":0')),
      last,
      'digest',
    ],
    ['something after the end', good + lines[2] + '\n', last + 1, 'after the end'],
    ['two values in a line', withLine(3, (line) => `${line},${line}`), 3, 'not a JSON object'],
    ['line ends of Windows', good.replaceAll('\n', '\r\n'), 1, 'CR LF'],
  ])('%s', (_name, text, line, message) => {
    const fault = refusal(text);
    expect(fault.message).toContain(message);
    expect(fault).toMatchObject({ code: 'trace-damaged', line });
  });

  test('a byte that is no UTF-8', () => {
    const bytes = bytesOf(good);
    const at = bytesOf(lines.slice(0, 5).join('\n')).length - 4;
    bytes[at] = 0xff;
    expect(refusal(bytes)).toMatchObject({ line: 5, code: 'trace-damaged' });
  });

  test('any one flipped bit in the lines of events', () => {
    const bytes = bytesOf(good);
    const from = bytesOf(`${lines[0]}\n`).length;
    const to = bytes.length - bytesOf(`${lines.at(-1)}\n`).length;
    const random = new RandomStream(1, 'flips');
    for (let count = 0; count < 400; count++) {
      const at = from + random.below(to - from, 0, count);
      const bit = 1 << random.below(8, 1, count);
      bytes[at]! ^= bit;
      expect(refusal(bytes).code, `byte ${at}, bit ${bit}`).toBe('trace-damaged');
      bytes[at]! ^= bit;
    }
    expect(read(bytes).eventCount).toBe(lines.length - 2);
  });

  test('any end that is cut off', () => {
    const bytes = bytesOf(good);
    for (let length = 1; length < bytes.length - 1; length += 97) {
      const { line } = refusal(bytes.subarray(0, length));
      const text = new TextDecoder().decode(bytes.subarray(0, length));
      expect(Math.abs(line - text.split('\n').length), `${length} bytes`).toBeLessThanOrEqual(1);
    }
  });
});
