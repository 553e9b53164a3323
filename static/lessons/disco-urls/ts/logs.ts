const rest = ['/about', '/help', '/login'];

/** One server's log: 7 of 10 requests are for /. */
const log = (lines: number) =>
  Array.from({ length: lines }, (_, at) => {
    const page = rest[at % 10] ?? '/';
    return `${at} GET ${page} 200\n`;
  }).join('');

/** Text and name: www2 has many more visitors. */
export const logs: [string, string][] = [
  [log(20), 'www1'],
  [log(160), 'www2'],
];
