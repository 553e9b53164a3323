import {
  AltSelect,
  Channel,
  InputGuard,
  OutputGuard,
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
  const gift = `a gift from ${name}`;
  for (let i = 0; i < 2; i++) {
    const [chosen, got] = await AltSelect(
      new OutputGuard(give, gift),
      new InputGuard(take),
    );
    if (chosen === take) console.log(name, 'got', got);
  }
}

const ada = process(async function ada(...ends: Ends) {
  await swap('ada', ...ends);
});
const ben = process(async function ben(...ends: Ends) {
  await swap('ben', ...ends);
});

const there = new Channel<string>('there');
const back = new Channel<string>('back');
const adaSwaps = ada(there.writer(), back.reader());
const benSwaps = ben(back.writer(), there.reader());
await Parallel(adaSwaps, benSwaps);
console.log('done');
await shutdown();
