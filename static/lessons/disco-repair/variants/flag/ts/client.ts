import { Job, kvgroup } from 'disco';
import { resultIterator } from 'disco';

type Vote = [colour: string, count: number];
const VOTES = 'red blue red green blue red';

export function* map(line: string): Iterable<Vote> {
  for (const colour of line.split(' ')) {
    yield [colour, 1];
  }
}

export function* reduce(
  votes: Iterable<Vote>,
): Iterable<Vote> {
  for (const [colour, ones] of kvgroup(votes)) {
    yield [colour, [...ones].length];
  }
}

const job = await new Job().run({
  input: [`raw://${VOTES}`],
  map,
  sort: true,
  reduce,
});
const urls = await job.wait({ show: true });
for await (const [colour, n] of resultIterator(urls)) {
  console.log(`result: ${colour} ${n}`);
}
