// What every model is called: the modules and commands that an experiment may name. Names only: the
// page checks an experiment without loading a model.

/** A model as far as an experiment can name it. */
interface ModelNames {
  /** Commands of cluster.json, by their first word (index.ts of the model has them). */
  readonly commands: readonly string[];
  /** Those of them for which an installed package's command of the same name is taken instead. */
  readonly replaced?: readonly string[];
  /** Commands of the model's Python package, which an installed one replaces: word -> `module:function`. */
  readonly pythonCommands?: Readonly<Record<string, string>>;
  /** Modules that are commands of the model: `python -m scoop` is the command `scoop`. */
  readonly commandModules?: readonly string[];
}

/** By the name of the model, which is also that of the module in TypeScript. */
const names = {
  celery: { commands: ['celery', 'redis-server', 'rabbitmq-server'] },
  pyro4: { commands: ['pyro4-ns', 'pyro4-nsc'], replaced: ['pyro4-ns', 'pyro4-nsc'] },
  rpyc: {
    commands: [],
    pythonCommands: {
      rpyc_classic: 'rpyc.cli.rpyc_classic:main',
      'rpyc_classic.py': 'rpyc.cli.rpyc_classic:main',
      rpyc_registry: 'rpyc.cli.rpyc_registry:main',
      'rpyc_registry.py': 'rpyc.cli.rpyc_registry:main',
    },
  },
  pycsp: { commands: [] },
  scoop: { commands: ['scoop', 'sshd'], commandModules: ['scoop'] },
  disco: { commands: ['disco-master', 'disco-node'] },
  web: { commands: ['open', 'curl'] },
} satisfies Readonly<Record<string, ModelNames>>;

export type ModelName = keyof typeof names;

export const MODEL_NAMES: Readonly<Record<ModelName, ModelNames>> = names;
