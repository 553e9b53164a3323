// Who may import whom: the table of ARCHITECTURE.md. Each folder names everything it may import
// inside the project; what is not named is refused.

/** What every folder may import beside its own files. */
const LEAF = ['protocol'];

/** folder -> the folders of src/lib it may import besides itself and `protocol`. */
const MAY_IMPORT = {
  protocol: [],
  kernel: [],
  trace: [],
  node: [],
  models: ['node'],
  languages: ['node', 'models'],
  experiment: [],
  lessons: ['experiment', 'trace'],
  runtime: ['kernel', 'trace', 'node', 'languages', 'models', 'experiment'],
  viz: ['trace', 'i18n'],
  editor: ['experiment', 'i18n'],
  ui: ['i18n'],
  session: ['runtime', 'trace', 'lessons', 'experiment', 'editor', 'i18n', 'offline'],
  offline: [],
  docs: [],
  i18n: [],
};

const lib = (folders) => `^src/lib/(${folders.join('|')})/`;

/** Imports that no other rule names: anything of src, workers, bin outside the allowed folders. */
function onlyFolders(name, from, folders, extra = []) {
  return {
    name,
    severity: 'error',
    from: { path: from, pathNot: '\\.test(-d)?\\.ts$' },
    to: {
      path: '^(src|workers|bin|tests|scripts)/',
      pathNot: [...(folders.length > 0 ? [lib(folders)] : []), ...extra],
    },
  };
}

/** Packages a part may use; every other package is refused. */
function onlyPackages(name, from, allowed) {
  return {
    name,
    severity: 'error',
    from: { path: from, pathNot: '\\.test(-d)?\\.ts$' },
    to: {
      dependencyTypesNot: ['local', 'localmodule', 'aliased-subpath-import', 'type-only', 'core'],
      path: 'node_modules',
      ...(allowed.length > 0 && { pathNot: allowed.map((one) => `node_modules/${one}`) }),
    },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'modules that need each other are one module, or miss a third',
      severity: 'error',
      from: { pathNot: '^src/lib/i18n/paraglide/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^\\$app', '^\\./\\$types', '^virtual:', '\\?'] },
    },
    {
      name: 'not-to-test',
      comment: 'tests are leaves',
      severity: 'error',
      from: { pathNot: '(\\.test\\.ts$|^tests/)' },
      to: { path: '(\\.test\\.ts$|^tests/)' },
    },
    ...Object.entries(MAY_IMPORT).map(([folder, others]) =>
      onlyFolders(
        `${folder}-imports`,
        `^src/lib/${folder}/`,
        [folder, ...LEAF, ...others],
        // The address of a worker's script (`?script-url`), not what is in it.
        folder === 'session' ? ['^workers/[^/]+\\.(worker|model)\\.ts$'] : [],
      ),
    ),
    {
      name: 'no-model-imports-another',
      severity: 'error',
      from: { path: '^src/lib/models/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/lib/models/[^/]+/', pathNot: '^src/lib/models/$1/' },
    },
    {
      name: 'models-by-their-public-face',
      comment:
        'languages and runtime see a model by its index.ts, its dissector, and the texts of its Python face',
      severity: 'error',
      from: { path: '^src/lib/(languages|runtime)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^src/lib/models/[^/]+/',
        pathNot: '^src/lib/models/[^/]+/(index|dissector|python/sources)\\.ts$',
      },
    },
    onlyFolders(
      'workers-import-runtime',
      '^workers/',
      ['runtime', 'models', ...LEAF],
      ['^workers/'],
    ),
    onlyFolders(
      'bin-imports',
      '^bin/',
      ['runtime', 'lessons', 'trace', 'experiment', ...LEAF],
      ['^bin/', '^scripts/(worker-script|python-assets)\\.ts$'],
    ),
    onlyFolders(
      'routes-import',
      '^src/(routes|hooks|params|service-worker)',
      ['session', 'viz', 'editor', 'ui', 'lessons', 'i18n', 'offline', 'docs', ...LEAF],
      ['^src/routes/'],
    ),
    onlyPackages('simulation-stays-pure', lib(['protocol', 'kernel', 'node', 'trace']), [
      '@stdlib/',
      'tinyqueue/',
    ]),
    {
      name: 'no-node-builtins-in-the-simulation',
      severity: 'error',
      from: {
        path: lib([
          'protocol',
          'kernel',
          'node',
          'trace',
          'models',
          'languages',
          'viz',
          'ui',
          'editor',
          'session',
        ]),
        pathNot: '\\.test\\.ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'packages-of-one-folder',
      comment: 'D3 belongs to viz, Monaco to editor, Comlink to runtime',
      severity: 'error',
      from: { path: '^(src|workers|bin)/', pathNot: '^src/lib/(viz|editor|runtime)/' },
      to: { path: 'node_modules/(@types/)?(d3-|monaco-editor/|comlink/)' },
    },
    {
      name: 'pyodide-belongs-to-python',
      comment: 'the interpreter is seen by the runtime as languages/python, never as itself',
      severity: 'error',
      from: { path: '^(src|workers|bin)/', pathNot: '^src/lib/languages/python/' },
      to: { path: 'node_modules/pyodide/' },
    },
    {
      name: 'viz-draws-with-d3-only',
      severity: 'error',
      from: { path: '^src/lib/viz/' },
      to: { path: 'node_modules/(monaco-editor|comlink)/' },
    },
    {
      name: 'editor-edits-with-monaco-only',
      severity: 'error',
      from: { path: '^src/lib/editor/' },
      to: { path: 'node_modules/((@types/)?d3-|comlink/)' },
    },
    {
      name: 'runtime-without-views',
      severity: 'error',
      from: { path: '^src/lib/(runtime|languages|models|experiment|lessons)/' },
      to: { path: 'node_modules/((@types/)?d3-|monaco-editor/|svelte/|bits-ui/|paneforge/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^src/lib/i18n/paraglide/', '^(build|\\.svelte-kit)/'] },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.svelte', '.json'],
      conditionNames: ['browser', 'import', 'default', 'svelte', 'types'],
    },
  },
};
