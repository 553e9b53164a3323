// What the runtime needs of a model. Each model is a script of its own (workers/*.model.ts), part of a
// thread's text only where the experiment uses it: what is there has to be parsed for each thread.

import type { NodeProcess } from '#lib/node/process.ts';
import type { SimPromise } from '#lib/node/promise.ts';
import { assert } from '#lib/protocol/errors.ts';
import type { ModelName } from '#lib/protocol/model-names.ts';

/** What the runtime does for a model's command. */
export interface CommandEnv {
  /** Evaluates the learner's module of that name in this process and returns what it exports. */
  importModule(name: string): SimPromise<Record<string, unknown>>;
}

/** A command that starts a process: runs in it until the promise settles. */
export type Command = (process: NodeProcess, env: CommandEnv) => SimPromise<unknown>;

export interface Model {
  readonly name: ModelName;
  /** By their first word, those included that the model starts itself. */
  readonly commands: Readonly<Record<string, Command>>;
  /** What programs in TypeScript import, made once per process. */
  createModule(process: NodeProcess): Record<string, unknown>;
}

/** The models of this thread. */
const loaded = new Map<ModelName, Model>();

/** Makes a model known to this thread. */
export function addModel(model: Model): void {
  loaded.set(model.name, model);
}

/** @throws InvariantError for a command that `prepare` should have refused */
export function commandOf(word: string): Command {
  for (const { commands } of loaded.values()) {
    if (Object.hasOwn(commands, word)) return commands[word]!;
  }
  assert(false, `the command ${word} is known`);
}

/** The modules that a process can import, each made when it is. */
export function modulesOf(process: NodeProcess): Record<string, Record<string, unknown>> {
  const made = new Map<string, Record<string, unknown>>();
  const modules = {};
  for (const { name, createModule } of loaded.values()) {
    Object.defineProperty(modules, name, {
      enumerable: true,
      get() {
        if (!made.has(name)) made.set(name, createModule(process));
        return made.get(name);
      },
    });
  }
  return modules;
}
