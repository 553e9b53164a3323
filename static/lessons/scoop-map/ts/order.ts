import { sleep } from 'node';
import { futures } from 'scoop';

const NAPS = [6, 3, 2, 1];

export async function nap(tenths: number) {
  await sleep(tenths / 10);
  return tenths;
}

type Map = typeof futures.map;

export async function look(name: string, map: Map) {
  const began = performance.now();
  for await (const tenths of map(nap, NAPS)) {
    const took = (performance.now() - began) / 1000;
    const after = `after ${took.toFixed(1)} s`;
    console.log(`${name} gives ${tenths} ${after}`);
  }
}
