// Views of objects: what of an object the other side may see, and what of that it may set.

import { AttributeError } from './errors.ts';

type Anything = Record<string, unknown>;

interface View {
  target: Anything;
  readable: ReadonlySet<string>;
  writable: ReadonlySet<string>;
}

const views = new WeakMap<object, View>();

/** What `restricted` gives. Here its attributes are those of the object, and no others. */
class Restricted {}

/**
 * A view of an object with these attributes only.
 *
 * @param writable those that may be set; by default all of them
 */
export function restricted(
  target: object,
  readable: Iterable<string>,
  writable: Iterable<string> = readable,
): object {
  const view = {
    target: target as Anything,
    readable: new Set(readable),
    writable: new Set(writable),
  };
  const face = new Restricted();
  for (const name of view.readable) {
    Object.defineProperty(face, name, {
      get: () => readFrom(view, name),
      set: (value: unknown) => writeTo(view, name, value),
      enumerable: true,
    });
  }
  views.set(face, view);
  return face;
}

/** The view behind an object, if it is one. */
export function viewOf(object: object): View | undefined {
  return views.get(object);
}

/** @throws AttributeError for what the view does not show */
export function readFrom({ target, readable }: View, name: string): unknown {
  if (!readable.has(name)) throw new AttributeError(name);
  const value = target[name];
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}

/** @throws AttributeError for what the view does not let be set */
export function writeTo({ target, writable }: View, name: string, value: unknown): void {
  if (!writable.has(name)) throw new AttributeError(name);
  target[name] = value;
}
