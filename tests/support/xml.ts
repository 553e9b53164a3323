// Reads XML as strictly as a test of what we write needs: elements, attributes, text; anything else is
// refused, and so is what is not well-formed.

export interface XmlElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: XmlElement[];
  /** Its own, with entities resolved. */
  text: string;
}

const TAG = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;
const ATTRIBUTE = /([\w:-]+)="([^"<]*)"/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** The root element. @throws Error at the first place that is not well-formed */
export function readXml(source: string): XmlElement {
  const text = source.trim();
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  for (let at = 0; at < text.length;) {
    const next = text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    if (end > at) open.at(-1)!.text += plain(text.slice(at, end));
    if (next < 0) break;
    at = takeTag(text, next, open);
  }
  if (open.length > 1) throw new Error(`not closed: ${open.at(-1)!.name}`);
  if (top.children.length !== 1 || top.text.trim() !== '') throw new Error('not one root element');
  return top.children[0]!;
}

/** @returns where it ends */
function takeTag(text: string, at: number, open: XmlElement[]): number {
  TAG.lastIndex = at;
  const tag = TAG.exec(text);
  if (!tag) throw new Error(`no tag at ${at}: ${text.slice(at, at + 40)}`);
  const [, isEnd, name, list, isEmpty] = tag;
  if (isEnd) {
    if (open.length === 1 || open.pop()!.name !== name) throw new Error(`closes nothing: ${name}`);
    return TAG.lastIndex;
  }
  const pairs = [...list!.matchAll(ATTRIBUTE)].map(([, key, value]) => [key, plain(value!)]);
  const attributes = Object.fromEntries(pairs) as Record<string, string>;
  if (Object.keys(attributes).length < pairs.length) throw new Error(`twice in ${name}: ${list}`);
  const element = { name: name!, attributes, children: [], text: '' };
  open.at(-1)!.children.push(element);
  if (!isEmpty) open.push(element);
  return TAG.lastIndex;
}

function plain(text: string): string {
  return text.replace(/&(\w*);?/g, (entity, name: string) => {
    const character = ENTITIES[name];
    if (character === undefined || !entity.endsWith(';')) throw new Error(`bad entity: ${entity}`);
    return character;
  });
}
