// After so many tries that failed: once more?
export async function again(tries: number) {
  return tries < 3;
}

// A user got an answer.
export function succeeded() {}
