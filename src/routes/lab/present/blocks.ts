// The paragraphs, lists and programs of which a piece of a lesson's text is made.

const known = new Map<string, readonly string[]>();

/** @param html our own, made of Markdown while building */
export function blocksOf(html: string): readonly string[] {
  const found = known.get(html);
  if (found) return found;
  const template = document.createElement('template');
  template.innerHTML = html;
  const blocks = [...template.content.children].map((element) => element.outerHTML);
  known.set(html, blocks);
  return blocks;
}
