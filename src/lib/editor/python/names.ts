// What modules offer, as scripts/describe_names.py describes them: loaded when Python is first edited.

/** A module, a class, a function or anything else that has a name. */
export interface Entry {
  kind: 'module' | 'class' | 'function' | 'value';
  /** Of a function or a class: `(address, timeout=None)`. */
  signature?: string;
  doc?: string;
  /** The class of what a call gives, or of what a value is: `socket.socket`. */
  returns?: string;
  /** Of a module or a class. */
  names?: Readonly<Record<string, Entry>>;
}

/** Modules by the name that a program imports: `concurrent.futures`. */
export type Names = Readonly<Record<string, Entry>>;

let loaded: Promise<Names> | undefined;

/** Without it an editor still knows the learner's own names. */
export function loadNames(): Promise<Names> {
  loaded ??= import('virtual:lightcone/python-names').then(({ default: names }) => names);
  // What did not load is tried again when somebody types on.
  loaded.catch(() => (loaded = undefined));
  return loaded;
}
