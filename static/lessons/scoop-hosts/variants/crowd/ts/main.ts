import { sleep } from 'node';
import { futures, IS_ORIGIN, SIZE } from 'scoop';
import { worker } from 'scoop';

const PIECES = 600;
const SECONDS = 0.01;

export async function work(seconds: number) {
  await sleep(seconds);
  return worker;
}

if (IS_ORIGIN) {
  const began = performance.now();
  const naps = Array<number>(PIECES).fill(SECONDS);
  const places = await futures.map(work, naps);
  const took = (performance.now() - began) / 1000;
  const { size } = new Set(places);
  console.log(`workers ${size} of ${SIZE}`);
  console.log(`after ${took.toFixed(1)} s`);
}
