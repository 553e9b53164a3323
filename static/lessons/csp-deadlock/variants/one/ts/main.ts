import {
  Channel,
  Parallel,
  process,
  shutdown,
  type ChannelEndRead,
  type ChannelEndWrite,
} from 'pycsp';

type Out = ChannelEndWrite<string>;
type In = ChannelEndRead<string>;
type Ends = [give: Out, take: In];

async function swap(name: string, give: Out, take: In) {
  await give(`a gift from ${name}`);
  console.log(name, 'got', await take());
}

const ada = process(async function ada(...ends: Ends) {
  await swap('ada', ...ends);
});
const ben = process(async function ben(...ends: Ends) {
  const [give, take] = ends;
  console.log('ben', 'got', await take());
  await give('a gift from ben');
});

const there = new Channel<string>('there');
const back = new Channel<string>('back');
const adaSwaps = ada(there.writer(), back.reader());
const benSwaps = ben(back.writer(), there.reader());
await Parallel(adaSwaps, benSwaps);
console.log('done');
await shutdown();
