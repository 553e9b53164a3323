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
  await swap('ben', ...ends);
});

const there = new Channel<string>('there', {
  buffer: 1,
});
const back = new Channel<string>('back', {
  buffer: 1,
});
const adaSwaps = ada(there.writer(), back.reader());
const benSwaps = ben(back.writer(), there.reader());
await Parallel(adaSwaps, benSwaps);
console.log('done');
await shutdown();
