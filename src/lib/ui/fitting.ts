// Which tabs of a row stand in it and which are behind a menu, by their widths.

interface Row {
  /** Of the tabs, in pixels. */
  widths: readonly number[];
  /** What there is for them and the menu's button. */
  room: number;
  /** Of the menu's button. */
  moreWidth: number;
  /** The position of a tab that came out of the menu: it stands last. −1 for none. */
  guest: number;
}

/** The positions of the tabs that have room, in order; all where no menu is needed. */
export function fitting({ widths, room, moreWidth, guest }: Row): number[] {
  const all = widths.map((_, index) => index);
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total <= room) return all;
  const first = firstOf(widths, room - moreWidth);
  if (guest < first) return all.slice(0, first);
  return [...all.slice(0, firstOf(widths, room - moreWidth - widths[guest]!)), guest];
}

/** How many from the left have room. */
function firstOf(widths: readonly number[], room: number): number {
  let count = 0;
  for (let left = room; count < widths.length && widths[count]! <= left; count++) {
    left -= widths[count]!;
  }
  return count;
}
