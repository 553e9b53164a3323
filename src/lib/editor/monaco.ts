// Monaco, the parts of it that a lesson needs: the editor, TypeScript with types for what programs
// import, and colours from our tokens. Loaded by a dynamic import only.

import 'monaco-editor/features/clipboard/register.js';
import 'monaco-editor/features/codeEditor/register.js';
import 'monaco-editor/features/codicon/register.js';
import 'monaco-editor/features/bracketMatching/register.js';
import 'monaco-editor/features/caretOperations/register.js';
import 'monaco-editor/features/comment/register.js';
import 'monaco-editor/features/cursorUndo/register.js';
import 'monaco-editor/features/find/register.js';
import 'monaco-editor/features/hover/register.js';
import 'monaco-editor/features/indentation/register.js';
import 'monaco-editor/features/linesOperations/register.js';
import 'monaco-editor/features/parameterHints/register.js';
import 'monaco-editor/features/snippet/register.js';
// The register of `suggest` brings inline completions only.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';
import 'monaco-editor/features/toggleTabFocusMode/register.js';
import 'monaco-editor/features/tokenization/register.js';
import 'monaco-editor/features/wordOperations/register.js';
import 'monaco-editor/languages/definitions/typescript/register.js';
import * as monaco from 'monaco-editor/editor/editor.api.js';
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker';
import { typescriptDefaults } from 'monaco-editor/languages/features/typescript/register.js';
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker.js?worker';
import { TYPE_CODES_IGNORED, TYPE_GLOBALS, TYPE_OPTIONS } from '#lib/experiment/program-types.ts';
import type { Diagnostic, Finding } from '#lib/protocol/errors.ts';
import { isPackageFile } from '#lib/protocol/package-files.ts';
import { registerPython } from './python/language.ts';
import { helpWithPython, knowPackages } from './python/providers.ts';

export { TypedMarks } from './python/typed-marks.ts';

type Files = Readonly<Record<string, string>>;

/** Types of what programs import: text, for the language service. */
const libraries: Record<string, string> = import.meta.glob(
  ['../node/node.d.ts', '../models/*/*.d.ts'],
  { query: '?raw', import: 'default', eager: true },
);

/** What completion draws a sign for: colours belong to the run. */
const SYMBOLS = [
  'class',
  'function',
  'keyword',
  'method',
  'module',
  'property',
  'snippet',
  'variable',
];

/** Monaco's names of languages, by the ending of a file. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'typescript',
  py: 'python',
  json: 'json',
  md: 'lesson',
};

let isSetUp = false;

function setUp(): void {
  if (isSetUp) return;
  isSetUp = true;
  globalThis.MonacoEnvironment = {
    getWorker: (_, label) => (label === 'typescript' ? new TypeScriptWorker() : new EditorWorker()),
  };
  // The same numbers by other names.
  type Options = Parameters<typeof typescriptDefaults.setCompilerOptions>[0];
  typescriptDefaults.setCompilerOptions(TYPE_OPTIONS as unknown as Options);
  typescriptDefaults.setDiagnosticsOptions({ diagnosticCodesToIgnore: [...TYPE_CODES_IGNORED] });
  typescriptDefaults.setEagerModelSync(true);
  typescriptDefaults.addExtraLib(TYPE_GLOBALS, 'file:///globals.d.ts');
  for (const [path, text] of Object.entries(libraries)) {
    typescriptDefaults.addExtraLib(text, `file:///types/${path.split('/').at(-1)}`);
  }
  registerPython();
  helpWithPython();
  monaco.languages.register({ id: 'lesson' });
  monaco.languages.setMonarchTokensProvider('lesson', LESSON_TEXT);
  monaco.languages.register({ id: 'json' });
  monaco.languages.setMonarchTokensProvider('json', {
    tokenizer: {
      root: [
        [/"[^"]*"(?=\s*:)/, 'key'],
        [/"[^"]*"/, 'string'],
        [/\b(?:true|false|null)\b/, 'keyword'],
      ],
    },
  });
}

/** Markdown as lessons have it: what has a meaning of its own there. */
const LESSON_TEXT: monaco.languages.IMonarchLanguage = {
  tokenizer: {
    root: [
      [/^## .*$/, 'keyword'],
      [/^::.*$/, 'keyword'],
      [/^```.*$/, { token: 'string', next: '@code' }],
      [/`[^`]*`/, 'string'],
      [/\]\([^)]*\)/, 'comment'],
    ],
    code: [
      [/^```\s*$/, { token: 'string', next: '@pop' }],
      [/.+/, 'string'],
    ],
  },
};

/** The value of a colour token on this page, as `#rrggbb`. */
function colourOf(token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${token})`;
  probe.style.display = 'none';
  document.body.append(probe);
  const [red = 0, green = 0, blue = 0] =
    getComputedStyle(probe)
      .color.match(/[\d.]+/g)
      ?.map(Number) ?? [];
  probe.remove();
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

function applyTheme(): void {
  const dark = getComputedStyle(document.documentElement).colorScheme;
  const isDark =
    dark === 'dark' || (dark !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  const ink = colourOf('ink');
  const rule = (token: string, colour: string) => ({ token, foreground: colour.slice(1) });
  monaco.editor.defineTheme('lightcone', {
    base: isDark ? 'vs-dark' : 'vs',
    inherit: false,
    rules: [
      rule('', ink),
      rule('keyword', colourOf('command')),
      rule('string', colourOf('answer')),
      rule('comment', colourOf('ink-3')),
    ],
    colors: {
      'editor.background': colourOf('canvas'),
      'editor.foreground': ink,
      'editorCursor.foreground': ink,
      'editorLineNumber.foreground': colourOf('ink-3'),
      'editorLineNumber.activeForeground': colourOf('ink'),
      'editor.lineHighlightBackground': colourOf('sunken'),
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': `${colourOf('command')}33`,
      'editorError.foreground': colourOf('fault'),
      'editorWarning.foreground': colourOf('ink-2'),
      'editorWidget.background': colourOf('surface'),
      'editorWidget.foreground': ink,
      'editorWidget.border': colourOf('hairline'),
      'editorSuggestWidget.selectedBackground': colourOf('sunken'),
      'editorSuggestWidget.selectedForeground': ink,
      'editorSuggestWidget.highlightForeground': colourOf('command'),
      'editorSuggestWidget.focusHighlightForeground': colourOf('command'),
      'editorSuggestWidget.selectedIconForeground': colourOf('ink-2'),
      ...Object.fromEntries(
        SYMBOLS.map((kind) => [`symbolIcon.${kind}Foreground`, colourOf('ink-2')]),
      ),
      'editorBracketMatch.background': '#00000000',
      'editorBracketMatch.border': colourOf('control'),
      focusBorder: colourOf('command'),
      'scrollbarSlider.background': `${colourOf('control')}55`,
      'scrollbarSlider.hoverBackground': `${colourOf('control')}88`,
    },
  });
  monaco.editor.setTheme('lightcone');
}

/** Keeps the theme that of the page. */
function watchTheme(): () => void {
  applyTheme();
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const observer = new MutationObserver(applyTheme);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  scheme.addEventListener('change', applyTheme);
  return () => {
    observer.disconnect();
    scheme.removeEventListener('change', applyTheme);
  };
}

function markerOf(
  problem: Diagnostic | Finding,
  model: monaco.editor.ITextModel,
): monaco.editor.IMarkerData {
  const { line, column, message } = problem;
  const { Error, Warning } = monaco.MarkerSeverity;
  const isWarning = 'severity' in problem && problem.severity === 'warning';
  const common = { severity: isWarning ? Warning : Error, message, startLineNumber: line };
  if ('endColumn' in problem && problem.endColumn > 0) {
    const { endLine: endLineNumber, endColumn } = problem;
    return { ...common, startColumn: column, endLineNumber, endColumn };
  }
  // Without a column the whole line is meant.
  const word = column > 0 ? model.getWordAtPosition({ lineNumber: line, column }) : null;
  return {
    ...common,
    endLineNumber: line,
    startColumn: word?.startColumn ?? (column || model.getLineFirstNonWhitespaceColumn(line)),
    endColumn: word?.endColumn ?? model.getLineMaxColumn(line),
  };
}

export interface CodeEditorOptions {
  container: HTMLElement;
  files: Files;
  active: string;
  /** For assistive technology: what is edited and how to leave. */
  label: (path: string) => string;
  onchange: (path: string, text: string) => void;
  /** The number of a line was pressed, or its key: what happened there is wanted. */
  online?: (path: string, line: number) => void;
  /** What that is called. */
  lineLabel?: string;
  /** The cursor stands on this line of the file that is shown. */
  oncursor?: (path: string, line: number) => void;
}

/** Words behind a line. */
export interface LineNote {
  file: string;
  line: number;
  text: string;
}

/** The part of Monaco's list of suggestions that is used here. */
interface SuggestController extends monaco.editor.IEditorContribution {
  cancelSuggestWidget(): void;
}
const SUGGEST = 'editor.contrib.suggestController';

/** An editor over all files of an experiment, one of them shown. */
export class CodeEditor {
  readonly #editor: monaco.editor.IStandaloneCodeEditor;
  readonly #models = new Map<string, monaco.editor.ITextModel>();
  readonly #views = new Map<string, monaco.editor.ICodeEditorViewState | null>();
  readonly #options: CodeEditorOptions;
  readonly #endTheme: () => void;
  readonly #sizes: MutationObserver;
  readonly #notes: monaco.editor.IEditorDecorationsCollection;
  #active = '';
  #isUpdating = false;

  constructor(options: CodeEditorOptions) {
    setUp();
    this.#options = options;
    this.#endTheme = watchTheme();
    this.#editor = monaco.editor.create(options.container, {
      model: null,
      automaticLayout: true,
      fontFamily: getComputedStyle(options.container).fontFamily,
      fontSize: parseFloat(getComputedStyle(options.container).fontSize),
      lineHeight: parseFloat(getComputedStyle(options.container).lineHeight),
      fontLigatures: false,
      minimap: { enabled: false },
      guides: { indentation: false },
      folding: false,
      glyphMargin: false,
      lineNumbersMinChars: 3,
      lineDecorationsWidth: 12,
      wordWrap: 'on',
      // Monaco's own but for the point: a line would break inside `1.5`.
      wordWrapBreakAfterCharacters: ' \t})]?|/&,;，。；：、？！）】」',
      wrappingIndent: 'indent',
      renderFinalNewline: 'on',
      scrollBeyondLastLine: false,
      overviewRulerLanes: 0,
      hideCursorInOverviewRuler: true,
      overviewRulerBorder: false,
      fixedOverflowWidgets: true,
      contextmenu: false,
      renderLineHighlight: 'line',
      occurrencesHighlight: 'off',
      matchBrackets: 'near',
      padding: { top: 12, bottom: 12 },
      scrollbar: { alwaysConsumeMouseWheel: false, verticalScrollbarSize: 10, useShadows: false },
      stickyScroll: { enabled: false },
      tabSize: 2,
      // Return ends a line that is written to its end.
      acceptSuggestionOnEnter: 'smart',
      quickSuggestions: { strings: true, other: true, comments: false },
      unicodeHighlight: { ambiguousCharacters: false },
      accessibilitySupport: 'auto',
      // The page has its own keys for what an editor opens by F1.
      'semanticHighlighting.enabled': false,
    });
    // A presenter makes type larger.
    this.#sizes = new MutationObserver(() => {
      const { fontSize, lineHeight } = getComputedStyle(options.container);
      const sizes = { fontSize: parseFloat(fontSize), lineHeight: parseFloat(lineHeight) };
      this.#editor.updateOptions(sizes);
    });
    this.#sizes.observe(document.documentElement, { attributeFilter: ['style'] });
    this.#notes = this.#editor.createDecorationsCollection();
    this.#leaveByEscape();
    this.#askOfLines();
    this.#editor.onDidChangeCursorPosition(({ position }) =>
      options.oncursor?.(this.#active, position.lineNumber),
    );
    this.update(options.files, options.active);
  }

  /** Shows these files; what the learner is typing stays as it is. */
  update(files: Files, active: string): void {
    this.#isUpdating = true;
    knowPackages(files);
    for (const [path, text] of Object.entries(files)) {
      // A package has hundreds of files that nobody opens.
      if (isPackageFile(path) && path !== active) continue;
      const model = this.#models.get(path);
      if (!model) this.#models.set(path, this.#newModel(path, text));
      else if (model.getValue() !== text) model.setValue(text);
    }
    for (const [path, model] of this.#models) {
      if (path in files) continue;
      model.dispose();
      this.#models.delete(path);
    }
    this.#isUpdating = false;
    if (active === this.#active && this.#editor.getModel() === this.#models.get(active)) return;
    if (this.#active) this.#views.set(this.#active, this.#editor.saveViewState());
    this.#active = active;
    this.#editor.setModel(this.#models.get(active) ?? null);
    this.#editor.restoreViewState(this.#views.get(active) ?? null);
    this.#editor.updateOptions({ ariaLabel: this.#options.label(active) });
  }

  /** Squiggles for what is wrong. */
  mark(problems: readonly (Diagnostic | Finding)[]): void {
    for (const [path, model] of this.#models) {
      const markers = problems
        .filter(({ file, line }) => file === path && line > 0 && line <= model.getLineCount())
        .map((problem) => markerOf(problem, model));
      monaco.editor.setModelMarkers(model, 'lightcone', markers);
    }
  }

  /** Words behind the lines of the file that is shown; typing moves them along. */
  note(notes: readonly LineNote[], active: string): void {
    this.#notes.clear();
    const model = this.#models.get(active);
    if (!model || this.#editor.getModel() !== model) return;
    this.#notes.set(
      notes
        .filter(({ file, line }) => file === active && line > 0 && line <= model.getLineCount())
        .map(({ line, text }) => {
          const end = model.getLineMaxColumn(line);
          const range = new monaco.Range(line, end, line, end);
          const after = { content: text, inlineClassName: 'line-note' };
          return { range, options: { description: 'line-note', showIfCollapsed: true, after } };
        }),
    );
  }

  /** Puts the cursor on a line. */
  reveal(line: number, column = 1): void {
    this.#editor.setPosition({ lineNumber: line, column });
    this.#editor.revealLineInCenterIfOutsideViewport(line);
    this.#editor.focus();
  }

  focus(): void {
    this.#editor.focus();
  }

  close(): void {
    this.#endTheme();
    this.#sizes.disconnect();
    this.#editor.dispose();
    for (const model of this.#models.values()) model.dispose();
  }

  #newModel(path: string, text: string): monaco.editor.ITextModel {
    const uri = monaco.Uri.parse(`file:///${path}`);
    // A page that is left and opened again may find the model of the time before.
    monaco.editor.getModel(uri)?.dispose();
    const language = LANGUAGES[/\.(\w+)$/.exec(path)?.[1] ?? ''] ?? 'text';
    const model = monaco.editor.createModel(text, language, uri);
    model.updateOptions({
      tabSize: language === 'python' ? 4 : 2,
      bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
    });
    model.onDidChangeContent(() => {
      if (!this.#isUpdating) this.#options.onchange(path, model.getValue());
    });
    return model;
  }

  /** By its number, or by Alt+Enter where the cursor is. */
  #askOfLines(): void {
    const editor = this.#editor;
    const { online, lineLabel = '' } = this.#options;
    if (!online) return;
    const { GUTTER_LINE_NUMBERS } = monaco.editor.MouseTargetType;
    editor.onMouseUp(({ target, event }) => {
      if (target.type !== GUTTER_LINE_NUMBERS || !event.leftButton) return;
      // Whoever draws over several lines selects them.
      const { lineNumber } = target.position;
      const selected = editor.getSelection();
      if (selected && selected.endLineNumber - selected.startLineNumber <= 1)
        online(this.#active, lineNumber);
    });
    editor.addAction({
      id: 'lightcone.events-of-line',
      label: lineLabel,
      keybindings: [monaco.KeyMod.Alt | monaco.KeyCode.Enter],
      run: () => online(this.#active, editor.getPosition()!.lineNumber),
    });
  }

  /** Escape, then Tab, leaves the editor; typing makes Tab indent again. */
  #leaveByEscape(): void {
    const editor = this.#editor;
    let isLeaving = false;
    const leave = (is: boolean): void => {
      if (is === isLeaving) return;
      isLeaving = is;
      editor.updateOptions({ tabFocusMode: is });
      // Those that are still being looked for would open now, and Tab would take the first.
      if (is) editor.getContribution<SuggestController>(SUGGEST)?.cancelSuggestWidget();
    };
    editor.onKeyDown(({ keyCode }) => {
      const { KeyCode } = monaco;
      if (keyCode === KeyCode.Escape) leave(true);
      else if (keyCode !== KeyCode.Tab && keyCode !== KeyCode.Shift) leave(false);
    });
    editor.onDidBlurEditorText(() => leave(false));
  }
}
