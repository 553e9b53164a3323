// What of the language itself a simulated process may touch: a table of every property that the three
// engines have in common, without those that look at clocks, locales, memory or shared state. What is
// not in the table is deleted, so that a program cannot run differently where an engine is newer.
//
// Left out on purpose: Array.fromAsync (native promises), RegExp.$1 and its kin (state shared by all
// processes of a thread), rawJSON, float16, base64, getOrInsert, dispose (not yet in every browser
// that can run the rest), compile, caller, arguments, and the methods that write HTML.

/** Own properties by holder, symbols as `@@iterator`; `length name prototype constructor` are in all. */
const PERMITTED: Readonly<Record<string, string>> = {
  Array: '@@species from isArray of',
  'Array.prototype':
    '@@iterator @@unscopables at concat copyWithin entries every fill filter find findIndex findLast ' +
    'findLastIndex flat flatMap forEach includes indexOf join keys lastIndexOf map pop push reduce ' +
    'reduceRight reverse shift slice some sort splice toLocaleString toReversed toSorted toSpliced ' +
    'toString unshift values with',
  ArrayBuffer: '@@species isView',
  'ArrayBuffer.prototype':
    '@@toStringTag byteLength detached maxByteLength resizable resize slice transfer ' +
    'transferToFixedLength',
  BigInt: 'asIntN asUintN',
  'BigInt.prototype': '@@toStringTag toLocaleString toString valueOf',
  Boolean: '',
  'Boolean.prototype': 'toString valueOf',
  DataView: '',
  'DataView.prototype':
    '@@toStringTag buffer byteLength byteOffset getBigInt64 getBigUint64 getFloat32 getFloat64 getInt16 ' +
    'getInt32 getInt8 getUint16 getUint32 getUint8 setBigInt64 setBigUint64 setFloat32 setFloat64 ' +
    'setInt16 setInt32 setInt8 setUint16 setUint32 setUint8',
  Iterator: 'from',
  'Iterator.prototype':
    '@@iterator @@toStringTag drop every filter find flatMap forEach map reduce some take toArray',
  Map: '@@species groupBy',
  'Map.prototype':
    '@@iterator @@toStringTag clear delete entries forEach get has keys set size values',
  Number:
    'EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN ' +
    'POSITIVE_INFINITY isFinite isInteger isNaN isSafeInteger parseFloat parseInt',
  'Number.prototype': 'toExponential toFixed toLocaleString toPrecision toString valueOf',
  Object:
    'assign create defineProperties defineProperty entries freeze fromEntries getOwnPropertyDescriptor ' +
    'getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf groupBy hasOwn is ' +
    'isExtensible isFrozen isSealed keys preventExtensions seal setPrototypeOf values',
  'Object.prototype':
    '__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ __proto__ hasOwnProperty ' +
    'isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf',
  'RegExp.prototype':
    '@@match @@matchAll @@replace @@search @@split dotAll exec flags global hasIndices ignoreCase ' +
    'multiline source sticky test toString unicode unicodeSets',
  Set: '@@species',
  'Set.prototype':
    '@@iterator @@toStringTag add clear delete difference entries forEach has intersection isDisjointFrom ' +
    'isSubsetOf isSupersetOf keys size symmetricDifference union values',
  String: 'fromCharCode fromCodePoint raw',
  'String.prototype':
    '@@iterator at charAt charCodeAt codePointAt concat endsWith includes indexOf isWellFormed ' +
    'lastIndexOf localeCompare match matchAll normalize padEnd padStart repeat replace replaceAll search ' +
    'slice split startsWith substr substring toLocaleLowerCase toLocaleUpperCase toLowerCase toString ' +
    'toUpperCase toWellFormed trim trimEnd trimLeft trimRight trimStart valueOf',
  Symbol:
    'asyncIterator for hasInstance isConcatSpreadable iterator keyFor match matchAll replace search ' +
    'species split toPrimitive toStringTag unscopables',
  'Symbol.prototype': '@@toPrimitive @@toStringTag description toString valueOf',
  WeakMap: '',
  'WeakMap.prototype': '@@toStringTag delete get has set',
  WeakSet: '',
  'WeakSet.prototype': '@@toStringTag add delete has',
  'Function.prototype': '@@hasInstance apply bind call toString',
  JSON: '@@toStringTag parse stringify',
  Reflect:
    '@@toStringTag apply construct defineProperty deleteProperty get getOwnPropertyDescriptor ' +
    'getPrototypeOf has isExtensible ownKeys preventExtensions set setPrototypeOf',
  '%TypedArray%': '@@species from of',
  '%TypedArray%.prototype':
    '@@iterator @@toStringTag at buffer byteLength byteOffset copyWithin entries every fill filter find ' +
    'findIndex findLast findLastIndex forEach includes indexOf join keys lastIndexOf map reduce ' +
    'reduceRight reverse set slice some sort subarray toLocaleString toReversed toSorted toString values ' +
    'with',
  '%ArrayIterator%': '@@toStringTag next',
  '%MapIterator%': '@@toStringTag next',
  '%SetIterator%': '@@toStringTag next',
  '%StringIterator%': '@@toStringTag next',
  '%RegExpStringIterator%': '@@toStringTag next',
  '%GeneratorFunction%.prototype': '@@toStringTag',
  '%Generator%.prototype': '@@toStringTag next return throw',
  '%IteratorHelper%': '@@toStringTag next return',
  '%WrapIterator%': 'next return',
};

const TYPED_ARRAYS = [
  'BigInt64Array',
  'BigUint64Array',
  'Float32Array',
  'Float64Array',
  'Int16Array',
  'Int32Array',
  'Int8Array',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
  'Uint8ClampedArray',
] as const;

const EVERYWHERE = ['length', 'name', 'prototype', 'constructor'];

/** An object of the language, by its name in the table. */
export interface Intrinsic {
  readonly name: string;
  readonly holder: object;
  /** Own properties that stay. */
  readonly permitted: ReadonlySet<PropertyKey>;
}

function keysOf(words: string): Set<PropertyKey> {
  const keys = new Set<PropertyKey>(EVERYWHERE);
  for (const word of words.split(' ')) {
    keys.add(
      word.startsWith('@@') ? (Symbol as unknown as Record<string, symbol>)[word.slice(2)]! : word,
    );
  }
  return keys;
}

function prototypeOf(value: unknown): object {
  return Object.getPrototypeOf(value) as object;
}

/** Objects that have no global name, by the way that leads to them. */
function hiddenHolders(): Record<string, object> {
  const generatorFunction = prototypeOf(function* () {});
  const helper = prototypeOf([].values().map((it) => it));
  return {
    '%TypedArray%': prototypeOf(Int8Array),
    '%TypedArray%.prototype': prototypeOf(Int8Array.prototype),
    '%ArrayIterator%': prototypeOf([][Symbol.iterator]()),
    '%MapIterator%': prototypeOf(new Map()[Symbol.iterator]()),
    '%SetIterator%': prototypeOf(new Set()[Symbol.iterator]()),
    '%StringIterator%': prototypeOf(''[Symbol.iterator]()),
    '%RegExpStringIterator%': prototypeOf(/x/[Symbol.matchAll]('')),
    '%GeneratorFunction%.prototype': generatorFunction,
    '%Generator%.prototype': (generatorFunction as { prototype: object }).prototype,
    '%IteratorHelper%': helper,
    '%WrapIterator%': prototypeOf(
      Iterator.from({ next: () => ({ done: true, value: undefined }) }),
    ),
  };
}

/** Every object of the table in this realm. */
export function intrinsics(): Intrinsic[] {
  const hidden = hiddenHolders();
  const scope = globalThis as unknown as Record<string, { prototype?: object }>;
  const entries = Object.entries(PERMITTED).map(([name, words]): Intrinsic => {
    const [base, isPrototype] = name.endsWith('.prototype')
      ? [name.slice(0, -10), true]
      : [name, false];
    const holder =
      hidden[name] ?? (isPrototype ? scope[base]!.prototype! : (scope[base] as object));
    return { name, holder, permitted: keysOf(words) };
  });
  const permitted = keysOf('BYTES_PER_ELEMENT');
  for (const name of TYPED_ARRAYS) {
    const constructor = scope[name]!;
    entries.push({ name, holder: constructor, permitted });
    entries.push({ name: `${name}.prototype`, holder: constructor.prototype!, permitted });
  }
  return entries;
}
