// Completion, explanations and parameters for Python, given to Monaco. What it says comes from
// names.ts and from the learner's files as they stand in the editor.

import * as monaco from 'monaco-editor/editor/editor.api.js';
import { PYTHON_KEYWORDS } from '../highlight.ts';
import { callOf, chainAtEnd, contextOf, type Call, type Context } from './context.ts';
import { loadNames, type Entry, type Names } from './names.ts';
import { split } from './outline.ts';
import { Packages, Resolver } from './resolve.ts';
import { SNIPPETS } from './snippets.ts';

type Model = monaco.editor.ITextModel;
type Item = monaco.languages.CompletionItem;

const { CompletionItemKind, CompletionItemInsertTextRule } = monaco.languages;

const KINDS: Readonly<Record<Entry['kind'], monaco.languages.CompletionItemKind>> = {
  module: CompletionItemKind.Module,
  class: CompletionItemKind.Class,
  function: CompletionItemKind.Function,
  value: CompletionItemKind.Variable,
};

/** Registers the help. Call once. */
export function helpWithPython(): void {
  monaco.languages.registerCompletionItemProvider('python', {
    triggerCharacters: ['.', ' '],
    async provideCompletionItems(model, position, { triggerCharacter }) {
      const context = contextOf(textBefore(model, position));
      // A space begins a list where nothing else can follow.
      const isImport = context.type === 'import' || context.type === 'module';
      if (triggerCharacter === ' ' && !isImport) return { suggestions: [] };
      const resolver = await resolverFor();
      const range = wordRange(model, position);
      return { suggestions: itemsFor(context, resolver, pathOf(model), range) };
    },
  });
  monaco.languages.registerHoverProvider('python', {
    async provideHover(model, position) {
      const word = model.getWordAtPosition(position);
      if (!word) return null;
      const end = position.with(undefined, word.endColumn);
      const chain = chainAtEnd(textBefore(model, end));
      const entry =
        chain && (await resolverFor()).resolve(chain, pathOf(model), position.lineNumber);
      return entry && { contents: explanation(word.word, entry) };
    },
  });
  monaco.languages.registerSignatureHelpProvider('python', {
    signatureHelpTriggerCharacters: ['(', ','],
    signatureHelpRetriggerCharacters: [',', '='],
    async provideSignatureHelp(model, position) {
      const call = callOf(textBefore(model, position));
      if (!call) return null;
      const entry = (await resolverFor()).resolve(call.chain, pathOf(model), position.lineNumber);
      if (!entry?.signature) return null;
      return { value: signatureHelp(call, entry, entry.signature), dispose: () => undefined };
    },
  });
}

let packages = new Packages({});

/** Tells which packages are installed in the experiment with these files. */
export function knowPackages(files: Readonly<Record<string, string>>): void {
  if (!packages.areThoseOf(files)) packages = new Packages(files);
}

/** Over the files as they stand, whatever is known of modules. */
async function resolverFor(): Promise<Resolver> {
  const names = await loadNames().catch((): Names => ({}));
  const files = monaco.editor
    .getModels()
    .filter((model) => model.getLanguageId() === 'python')
    .map((model) => [pathOf(model), model.getValue()]);
  return new Resolver(Object.fromEntries(files) as Record<string, string>, names, packages);
}

function pathOf(model: Model): string {
  return model.uri.path.slice(1);
}

function textBefore(model: Model, { lineNumber, column }: monaco.Position): string {
  return model.getValueInRange(new monaco.Range(1, 1, lineNumber, column));
}

function wordRange(model: Model, position: monaco.Position): monaco.Range {
  const { startColumn } = model.getWordUntilPosition(position);
  return new monaco.Range(position.lineNumber, startColumn, position.lineNumber, position.column);
}

// Completion.

function itemsFor(context: Context, resolver: Resolver, path: string, range: monaco.Range): Item[] {
  const line = range.startLineNumber;
  const items = (names: Iterable<[string, Entry]>): Item[] =>
    [...names].map(([name, entry]) => itemOf(name, entry, range));
  switch (context.type) {
    case 'text':
    case 'unknown':
      return [];
    case 'module':
      return items(modulesBelow(context.prefix, resolver));
    case 'import':
      return items(Object.entries(resolver.importable(context.module, path)));
    case 'member':
      return items(Object.entries(resolver.members(context.chain, path, line)));
    case 'name':
      return [
        ...items(resolver.visible(path)),
        ...keywordItems(range),
        ...(context.isFirst ? snippetItems(range) : []),
      ];
    default:
      return context satisfies never;
  }
}

/** The next part of each module's name behind what is written. */
function modulesBelow(prefix: string, resolver: Resolver): [string, Entry][] {
  const start = prefix.slice(0, prefix.lastIndexOf('.') + 1);
  const below = resolver.modules().filter((name) => name.startsWith(start));
  const parts = new Set(below.map((name) => name.slice(start.length).split('.')[0]!));
  return [...parts].map((part) => [part, resolver.module(start + part) ?? { kind: 'module' }]);
}

function itemOf(name: string, entry: Entry, range: monaco.Range): Item {
  return {
    label: name,
    kind: KINDS[entry.kind],
    insertText: name,
    range,
    // What is meant for others comes before what Python keeps for itself.
    sortText: `${name.startsWith('_') ? 1 : 0}${name}`,
    ...(entry.signature && { detail: name + entry.signature }),
    ...(entry.doc && { documentation: entry.doc }),
  };
}

function keywordItems(range: monaco.Range): Item[] {
  return PYTHON_KEYWORDS.map((word) => ({
    label: word,
    kind: CompletionItemKind.Keyword,
    insertText: word,
    range,
    sortText: `2${word}`,
  }));
}

function snippetItems(range: monaco.Range): Item[] {
  return SNIPPETS.map(({ prefix, body }) => ({
    label: prefix,
    kind: CompletionItemKind.Snippet,
    insertText: body,
    insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet,
    documentation: body.replace(/\$\{\d:?(.*?)\}/g, '$1'),
    range,
    sortText: `3${prefix}`,
  }));
}

// Explanations.

function explanation(name: string, entry: Entry): monaco.IMarkdownString[] {
  const what = entry.kind === 'function' ? 'def ' : entry.kind === 'value' ? '' : `${entry.kind} `;
  const heading = { value: `\`\`\`python\n${what}${name}${entry.signature ?? ''}\n\`\`\`` };
  return entry.doc ? [heading, { value: plain(entry.doc) }] : [heading];
}

/** Docstrings are text: nothing in them is markup, and a line ends where there is no more room. */
function plain(text: string): string {
  const flowing = text.replace(/(?<!\n)\n(?![\s*-]|.* -- )/g, ' ');
  return flowing.replace(/[\\`*_{}[\]()#+\-.!<>|~]/g, '\\$&').replace(/(?<!\n)\n(?!\n)/g, '  \n');
}

function signatureHelp(
  { chain, position, keyword }: Call,
  { doc }: Entry,
  signature: string,
): monaco.languages.SignatureHelp {
  const parameters = split(signature.slice(1, signature.lastIndexOf(')')));
  const named = parameters.filter((one) => !/^[*/]$/.test(one));
  const rest = named.findIndex((one) => /^\*[^*]/.test(one));
  const byName = named.findIndex((one) => /^\w+/.exec(one)?.[0] === keyword);
  const byPosition = rest >= 0 ? Math.min(position, rest) : position;
  return {
    signatures: [
      {
        label: chain.at(-1)!.name + signature,
        parameters: named.map((label) => ({ label })),
        ...(doc && { documentation: doc }),
      },
    ],
    activeSignature: 0,
    activeParameter: keyword !== null && byName >= 0 ? byName : byPosition,
  };
}
