import { sleep } from 'node';

// After so many tries that failed: once more?
export async function again(tries: number) {
  if (tries >= 3) return false;
  await sleep(Math.random() * 2 ** tries);
  return true;
}

// A user got an answer.
export function succeeded() {}
