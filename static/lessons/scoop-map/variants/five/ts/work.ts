export async function divisors(n: number) {
  let count = 0;
  for (let d = 1; d <= n; d++) if (n % d === 0) count++;
  return count;
}

export async function loop(numbers: number[]) {
  let sum = 0;
  for (const n of numbers) sum += await divisors(n);
  return sum;
}

export const add = (a: number, b: number) => a + b;

export function cut(numbers: number[], size: number) {
  const pieces = [];
  for (let at = 0; at < numbers.length; at += size) {
    pieces.push(numbers.slice(at, at + size));
  }
  return pieces;
}
