// What a module exports, for whoever asked it for something else.

/** More names than this are no help in a message. */
const NAMES_MAX = 8;
const LIKE_MAX = 4;
/** Names that begin with so many of the same letters are alike. */
const STEM_LENGTH = 3;

/** All names, or of many those that are like the wanted one. */
export function exportNames(names: readonly string[], wanted: string): string {
  if (names.length === 0) return 'nothing';
  const sorted = names.toSorted();
  if (names.length <= NAMES_MAX) return sorted.join(', ');
  const like = sorted.filter((name) => isLike(name.toLowerCase(), wanted.toLowerCase()));
  const among = like.length > 0 ? `, among them ${like.slice(0, LIKE_MAX).join(', ')}` : '';
  return `${names.length} names${among}`;
}

function isLike(name: string, wanted: string): boolean {
  return (
    wanted.includes(name) ||
    name.includes(wanted) ||
    name.slice(0, STEM_LENGTH) === wanted.slice(0, STEM_LENGTH)
  );
}
