// The search against programs that are lists: processes that write to and read from channels without
// buffers. An oracle walks all orders and puts together those that differ in independent steps.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isIndependent, searchSchedules, type StepSeen, type Tried } from './schedules.ts';

/** Of each process: what it does in turn, `+a` writes to a, `-a` reads from it. */
type Program = readonly (readonly string[])[];

interface Machine {
  steps(): StepSeen[];
  take(step: StepSeen): void;
  isDone(): boolean;
}

function machineOf(program: Program): Machine {
  const at = program.map(() => 0);
  const next = (process: number): string | undefined => program[process]![at[process]!];
  return {
    steps: () =>
      program.flatMap((_, writer) => {
        const operation = next(writer);
        if (!operation?.startsWith('+')) return [];
        const channel = operation.slice(1);
        return program.flatMap((__, reader) =>
          next(reader) === `-${channel}`
            ? [
                {
                  text: `${channel}: ${writer} → ${reader}`,
                  processes: [`${writer}`, `${reader}`],
                  places: [channel],
                },
              ]
            : [],
        );
      }),
    take: ({ processes }) => {
      for (const process of processes) at[Number(process)]!++;
    },
    isDone: () => program.every((list, process) => at[process] === list.length),
  };
}

/** As the simulator runs a program by a schedule. */
function attemptOf(program: Program): (schedule: readonly number[]) => Promise<Tried> {
  return (schedule) => {
    const machine = machineOf(program);
    const left = [...schedule];
    const choices: { taken: number; steps: StepSeen[] }[] = [];
    for (let steps = machine.steps(); steps.length > 0; steps = machine.steps()) {
      const taken = steps.length > 1 ? (left.shift() ?? 0) : 0;
      choices.push({ taken, steps });
      machine.take(steps[taken]!);
    }
    return Promise.resolve({ choices, outcome: machine.isDone() ? 'ended' : 'deadlock' });
  };
}

/** All orders, each in the form that all have which differ from it by independent steps only. */
function classesOf(program: Program): { classes: Set<string>; hasDeadlock: boolean } {
  const classes = new Set<string>();
  let hasDeadlock = false;
  const walk = (taken: readonly StepSeen[]): void => {
    const machine = machineOf(program);
    for (const step of taken) machine.take(step);
    const steps = machine.steps();
    if (steps.length === 0) {
      classes.add(formOf(taken));
      hasDeadlock ||= !machine.isDone();
    }
    for (const step of steps) walk([...taken, step]);
  };
  walk([]);
  return { classes, hasDeadlock };
}

/** Foata's normal form: each step in the earliest layer after all that it depends on. */
function formOf(taken: readonly StepSeen[]): string {
  const layers: StepSeen[][] = [];
  for (const step of taken) {
    const before = layers.findLastIndex((layer) => layer.some((it) => !isIndependent(it, step)));
    (layers[before + 1] ??= []).push(step);
  }
  return JSON.stringify(layers.map((layer) => layer.map(({ text }) => text).sort()));
}

const operation = fc.constantFrom('+a', '-a', '+b', '-b', '+c', '-c');
const program = fc.array(fc.array(operation, { maxLength: 3 }), { minLength: 2, maxLength: 4 });

test('CSP2 each schedule is tried once, up to the order of independent steps, and no deadlock is missed', async () => {
  let deadlockCount = 0;
  await fc.assert(
    fc.asyncProperty(program, async (given) => {
      const { classes, hasDeadlock } = classesOf(given);
      const attempt = attemptOf(given);
      const found = await searchSchedules(attempt);
      expect(found.outcome).toBe(hasDeadlock ? 'deadlock' : 'ended');
      if (hasDeadlock) {
        deadlockCount++;
        expect((await attempt(found.schedule)).outcome).toBe('deadlock');
      }
      // To the end, whatever is found on the way.
      const all = await searchSchedules(async (schedule) => ({
        ...(await attempt(schedule)),
        outcome: 'ended',
      }));
      expect(all.count).toBe(classes.size);
    }),
    { seed: 7, numRuns: 400 },
  );
  expect(deadlockCount).toBeGreaterThan(100);
});

test('CSP2 two pairs that have nothing to do with each other have one schedule', async () => {
  const { count } = await searchSchedules(attemptOf([['+a'], ['-a'], ['+b'], ['-b']]));
  expect(count).toBe(1);
});

test('CSP2 three writers of two values each and one reader: 6! / (2! 2! 2!) schedules', async () => {
  const writer = ['+a', '+a'];
  const reader = Array.from({ length: 6 }, () => '-a');
  const found = await searchSchedules(attemptOf([writer, writer, writer, reader]));
  expect(found).toEqual({ outcome: 'ended', count: 90, schedule: [] });
});

test('CSP2 a search ends where it may try no more, and says so', async () => {
  const writer = ['+a', '+a'];
  const reader = Array.from({ length: 6 }, () => '-a');
  const attempt = attemptOf([writer, writer, writer, reader]);
  expect(await searchSchedules(attempt, undefined, 50)).toMatchObject({ outcome: 'many' });
});
