import { expect, test } from 'vitest';
import type { Entry, Names } from './names.ts';
import { blanked, chainOf, outlineOf } from './outline.ts';
import { Packages, Resolver } from './resolve.ts';

const f = (signature: string, returns?: string): Entry => ({
  kind: 'function',
  signature,
  ...(returns && { returns }),
});

const NAMES: Names = {
  builtins: { kind: 'module', names: { print: f('(*args)') } },
  time: { kind: 'module', names: { sleep: f('(seconds)') } },
  rpyc: { kind: 'module', names: { face: f('()') } },
  'concurrent.futures': { kind: 'module', names: { wait: f('(fs)') } },
  celery: {
    kind: 'module',
    names: {
      Celery: { kind: 'class', signature: '(main)', names: { task: f('(*args)', 'celery.Task') } },
      Task: { kind: 'class', names: { delay: f('(*args)', 'celery.Result') } },
      Result: { kind: 'class', names: { get: f('(timeout=None)') } },
    },
  },
};

/** Names behind the expression, at the end of main.py. */
function behind(expression: string, main: string, files: Record<string, string> = {}): string[] {
  const resolver = new Resolver({ 'main.py': main, ...files }, NAMES);
  return Object.keys(resolver.members(chainOf(expression)!, 'main.py', Infinity));
}

test('modules are known by their names, aliases and dotted names', () => {
  expect(behind('time', 'import time')).toEqual(['sleep']);
  expect(behind('t', 'import time as t')).toEqual(['sleep']);
  expect(behind('concurrent', 'import concurrent.futures')).toEqual(['futures']);
  expect(behind('concurrent.futures', 'import concurrent.futures')).toEqual(['wait']);
  expect(behind('fs', 'from concurrent import futures as fs')).toEqual(['wait']);
  expect(behind('time', '')).toEqual([]);
});

test('a decorated function is what the decorator makes of it, also from another file', () => {
  const tasks = `from celery import Celery
app = Celery("tasks", broker=f"redis://{1}")

@app.task(
    acks_late=True,
)
def add(x, y):
    """Adds."""
    return x + y
`;
  expect(behind('app', tasks)).toEqual(['task']);
  expect(behind('add', tasks)).toEqual(['delay']);
  expect(behind('add', 'from tasks import add', { 'tasks.py': tasks })).toEqual(['delay']);
  expect(behind('tasks.add', 'import tasks', { 'tasks.py': tasks })).toEqual(['delay']);
  expect(behind('r', 'from tasks import *\nr = add.delay(1, (2))', { 'tasks.py': tasks })).toEqual([
    'get',
  ]);
  const resolver = new Resolver({ 'tasks.py': tasks }, NAMES);
  expect(resolver.resolve(chainOf('add')!, 'tasks.py', 99)).toMatchObject({
    signature: '(x, y)',
    doc: 'Adds.',
  });
});

test('a class of the learner has its own members and those it inherits', () => {
  const main = `
class Base:
    limit = 3
    def close(self, now=False): pass

class Shop(Base):
    '''Sells.'''
    def __init__(self, name, size=(1, 2)):
        self.name = name
        local = 1
    async def sell(self): ...

shop = Shop("x")
`;
  expect(behind('shop', main)).toEqual(['limit', 'close', '__init__', 'name', 'sell']);
  const resolver = new Resolver({ 'main.py': main }, NAMES);
  expect(resolver.resolve(chainOf('Shop')!, 'main.py', 99)).toMatchObject({
    signature: '(name, size=(1, 2))',
    doc: 'Sells.',
  });
  expect(resolver.resolve(chainOf('shop.close')!, 'main.py', 99)).toMatchObject({
    signature: '(now=False)',
  });
});

test('what is half typed, and what leads in a circle, harms nothing', () => {
  expect(behind('time', 'import time\nx = foo(\ndef f(:\n  "')).toEqual(['sleep']);
  expect(behind('a', 'a = b\nb = a')).toEqual([]);
  expect(behind('x', 'from other import x', { 'other.py': 'from main import x' })).toEqual([]);
  expect(behind('x', 'from . import x')).toEqual([]);
  expect(chainOf('a[0].b')).toBeNull();
});

test('names in strings and comments bind nothing', () => {
  const source =
    'a = """\nimport time\n"""  # b = 1\nfor c, d in e:\n  with f() as g, h as i: pass\n';
  expect(blanked(source)).toHaveLength(source.length);
  expect(outlineOf(source).bindings.map(({ name }) => name)).toEqual(['a', 'c', 'd', 'g', 'i']);
});

test('installed packages are known, through what their modules import of each other', () => {
  const packages = {
    'site-packages/shop/__init__.py': 'from .core import *\nfrom shop.core import Till as Desk\n',
    'site-packages/shop/core.py': `from shop import version
from shop.tools import helper

class Till:
    """Takes money."""
    def pay(self, amount): pass
`,
    'site-packages/shop/tools.py': `from shop.core import nothing
def helper(x):
    inner = x
def other(helper): pass
`,
    'site-packages/shop/data.txt': 'x',
    'site-packages/rpyc/__init__.py': 'def connect(host, port): pass\n',
  };
  const known = new Packages(packages);
  const resolver = (main: string): Resolver => new Resolver({ 'main.py': main }, NAMES, known);
  const members = (of: string, main: string): string[] =>
    Object.keys(resolver(main).members(chainOf(of)!, 'main.py', Infinity));
  expect(members('shop', 'import shop')).toEqual(
    expect.arrayContaining(['Till', 'Desk', 'helper']),
  );
  expect(members('till', 'from shop import Desk\ntill = Desk()')).toEqual(['pay']);
  expect(members('time', 'import time')).toEqual(['sleep']);
  expect(members('rpyc', 'import rpyc')).toEqual(['connect']);
  expect(members('core', 'import shop.core as core')).toContain('Till');
  expect(Object.keys(resolver('').importable('shop.tools', 'main.py'))).toEqual([
    'nothing',
    'helper',
    'other',
  ]);
  const helper = resolver('from shop import helper').resolve(chainOf('helper')!, 'main.py', 1);
  expect(helper?.signature).toBe('(x)');
  expect(resolver('').modules()).toEqual(expect.arrayContaining(['shop', 'shop.tools']));
  const till = resolver('import shop').resolve(chainOf('shop.Till')!, 'main.py', 1);
  expect(till?.doc).toBe('Takes money.');
  // A file of the learner's goes before a package of the same name.
  const own = new Resolver({ 'main.py': 'import shop', 'shop.py': 'price = 3' }, NAMES, known);
  expect(Object.keys(own.members(chainOf('shop')!, 'main.py', Infinity))).toEqual(['price']);
  expect(known.areThoseOf({ ...packages, 'main.py': '' })).toBe(true);
  expect(known.areThoseOf({ ...packages, 'site-packages/new.py': '' })).toBe(false);
});
