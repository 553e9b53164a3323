// After so many tries that failed: once more?
export async function again(tries: number) {
  return false;
}

// A user got an answer.
export function succeeded() {}
