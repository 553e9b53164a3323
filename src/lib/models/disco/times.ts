// Times as Disco writes them.

/** `2026/01/01 00:00:01` */
export function eventTime(wallUs: number): string {
  const text = new Date(Math.floor(wallUs / 1000)).toISOString();
  return text.slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

/** `0:00:01.234` */
export function duration(us: number): string {
  const ms = Math.floor(us / 1000);
  const two = (value: number): string => String(Math.floor(value) % 60).padStart(2, '0');
  const hours = Math.floor(ms / 3_600_000);
  return `${hours}:${two(ms / 60_000)}:${two(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}`;
}

/** `Job@59f:3f2a1:8c`: megaseconds, seconds and microseconds of the wall clock. */
export function jobName(prefix: string, wallUs: number): string {
  const seconds = Math.floor(wallUs / 1e6);
  const parts = [Math.floor(seconds / 1e6), seconds % 1e6, wallUs % 1e6];
  return `${prefix}@${parts.map((part) => part.toString(16)).join(':')}`;
}
