let budget = 2;

// After so many tries that failed: once more?
export async function again(tries: number) {
  if (tries >= 3 || budget < 1) return false;
  budget -= 1;
  return true;
}

// A user got an answer.
export function succeeded() {
  budget = Math.min(budget + 0.1, 2);
}
