import { DDFS, Job, resultIterator } from 'disco';
import { sumReduce } from 'disco';
import { days } from './days.ts';

type Pair = [town: string, rain: number];

export function* map(line: string): Iterable<Pair> {
  const [town = '', rain] = line.split(' ');
  yield [town, Number(rain)];
}

await new DDFS().push('rain', days, { replicas: 3 });
console.log('stored');

const job = await new Job({ name: 'Rain' }).run({
  input: ['tag://rain'],
  map,
  reduce: sumReduce,
});
const urls = await job.wait();
for await (const [town, rain] of resultIterator(urls)) {
  console.log(town, rain);
}
