// The reference of a model's module, out of the declarations that the editor gives to learners: one
// source for both. Read while pages are prerendered; no part of it reaches the browser.

import ts from 'typescript';
import { html } from './html.ts';

/** A part of a declaration that has words of its own. */
export interface ApiMember {
  /** As it is declared, without its comment. */
  code: string;
  /** HTML. */
  about: string;
}

export interface ApiEntry extends ApiMember {
  name: string;
  members: ApiMember[];
}

export interface ApiModule {
  /** What is imported: `pyro4`. */
  name: string;
  /** HTML. */
  about: string;
  entries: ApiEntry[];
}

type WithBody = ts.ClassDeclaration | ts.InterfaceDeclaration;

/** @param text of a file of `declare module '…'` */
export function readApi(text: string): ApiModule[] {
  const source = ts.createSourceFile('api.d.ts', text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isModuleDeclaration).map((module) => ({
    name: module.name.text,
    about: aboutOf(module),
    entries: statementsOf(module).flatMap(entriesOf),
  }));
}

function statementsOf({ body }: ts.ModuleDeclaration): readonly ts.Statement[] {
  return body && ts.isModuleBlock(body) ? body.statements : [];
}

function entriesOf(statement: ts.Statement): ApiEntry[] {
  const flags = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!flags.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement)) {
    const [declared] = statement.declarationList.declarations;
    return [entry(statement, declared!.name.getText(), codeOf(statement), [])];
  }
  if (ts.isModuleDeclaration(statement)) {
    const members = statementsOf(statement).map(memberOf);
    return [entry(statement, statement.name.text, `namespace ${statement.name.text}`, members)];
  }
  if (ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement)) {
    const members = [...statement.members].map(memberOf);
    return [entry(statement, statement.name?.text ?? '', headOf(statement), members)];
  }
  if (ts.isFunctionDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
    return [entry(statement, statement.name?.text ?? '', codeOf(statement), [])];
  }
  return [];
}

function entry(node: ts.Node, name: string, code: string, members: ApiMember[]): ApiEntry {
  return { name, code, about: aboutOf(node), members };
}

const memberOf = (node: ts.Node): ApiMember => ({ code: codeOf(node), about: aboutOf(node) });

/** As it is written, moved to the left. */
function codeOf(node: ts.Node): string {
  const text = node.getText().replace(/^export (declare )?/, '');
  const { character } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  return text.replaceAll(`\n${' '.repeat(character)}`, '\n');
}

/** What stands before its members. */
function headOf(node: WithBody): string {
  const text = codeOf(node);
  const first = node.members[0];
  const end = first ? first.getFullStart() - node.getStart() : text.length;
  return node
    .getText()
    .slice(0, end)
    .replace(/^export (declare )?/, '')
    .replace(/\s*\{\s*\}?$/, '');
}

/** Its comment and the tags of it. */
function aboutOf(node: ts.Node): string {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const doc = docs.at(-1);
  if (!doc) return '';
  const words = ts.getTextOfJSDocComment(doc.comment) ?? '';
  const tags = (doc.tags ?? []).map((tag) => {
    const name = ts.isJSDocParameterTag(tag) ? `\`${tag.name.getText()}\`` : tag.tagName.text;
    return `- ${name}: ${(ts.getTextOfJSDocComment(tag.comment) ?? '').replace(/^- /, '')}`;
  });
  return html(tags.length > 0 ? `${words}\n\n${tags.join('\n')}` : words);
}
