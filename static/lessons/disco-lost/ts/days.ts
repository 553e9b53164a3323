const lines = [
  ['Bern 3', 'Oslo 7', 'Rome 0'],
  ['Bern 1', 'Oslo 4', 'Rome 2'],
  ['Bern 6', 'Oslo 9', 'Rome 0'],
  ['Bern 2', 'Oslo 5', 'Rome 1'],
];

const text = (day: string[]) => `${day.join('\n')}\n`;

/** A file for each day: text and name. */
export const days: [string, string][] = lines.map(
  (day, index) => [text(day), `day${index + 1}`],
);
