// How many workers each host gets.

export interface HostShare {
  host: string;
  workerCount: number;
}

/** One worker for each time a host is named. */
export function sharesOf(hosts: readonly string[]): HostShare[] {
  const counts = new Map<string, number>();
  for (const host of hosts) counts.set(host, (counts.get(host) ?? 0) + 1);
  return [...counts].map(([host, workerCount]) => ({ host, workerCount }));
}

/** Of a host file: `host [workers]` a line, `#` begins a remark. */
export function readHostFile(text: string): HostShare[] {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  return lines.flatMap((line) => {
    if (line === '') return [];
    const [host = '', count = '1'] = line.split(/\s+/);
    return [{ host, workerCount: Math.max(1, Math.floor(Number(count)) || 1) }];
  });
}

/** As `-n` says: more are dealt out one by one, fewer are taken from the end. */
export function dealt(shares: readonly HostShare[], size: number | null): HostShare[] {
  const result = shares.map((share) => ({ ...share }));
  let total = result.reduce((sum, { workerCount }) => sum + workerCount, 0);
  if (size === null) return result;
  for (let index = 0; total < size; index = (index + 1) % result.length, total++) {
    result[index]!.workerCount++;
  }
  while (total > size) {
    const last = result.at(-1)!;
    const taken = Math.min(total - size, last.workerCount);
    last.workerCount -= taken;
    total -= taken;
    if (last.workerCount === 0) result.pop();
  }
  return result;
}
