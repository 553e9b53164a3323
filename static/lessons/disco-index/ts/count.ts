let count = 0;
let isFirst = true;

/** The same pairs, counted as they are taken. */
export function* taken<T>(pairs: Iterable<T>) {
  for (const pair of pairs) {
    count++;
    yield pair;
  }
}

/** Says once how much was taken by now. */
export function first(who: string) {
  if (!isFirst) return;
  isFirst = false;
  console.log(`${who} took ${count} before its first`);
}

/** What the tasks have printed. */
export function told(events: string[]) {
  const said = /\w+ took \d+ before its first/;
  return said.exec(events.join('\n'))?.[0];
}
