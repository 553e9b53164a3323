// What `locateNS` gives: the name server with its methods in camelCase and options as one object.

import { repr } from '#lib/node/print.ts';
import type { SimPromise } from '#lib/node/promise.ts';
import type { Client } from '../client.ts';
import type { URI } from '../uri.ts';

export interface ListOptions {
  prefix?: string;
  regex?: string;
  metadataAll?: Iterable<string>;
  metadataAny?: Iterable<string>;
  returnMetadata?: boolean;
}

export class NameServerFace {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  get _pyroUri(): URI {
    return this.#client.uri;
  }

  _pyroRelease(): void {
    this.#client.release();
  }

  lookup(name: string, options: { returnMetadata?: boolean } = {}): SimPromise<unknown> {
    const keywords = options.returnMetadata ? { return_metadata: true } : {};
    return this.#client.call('lookup', [name], keywords);
  }

  register(
    name: string,
    uri: string | URI,
    options: { safe?: boolean; metadata?: Iterable<string> } = {},
  ): SimPromise<unknown> {
    const keywords = {
      ...(options.safe ? { safe: true } : {}),
      ...(options.metadata ? { metadata: [...options.metadata] } : {}),
    };
    return this.#client.call('register', [name, uri], keywords);
  }

  setMetadata(name: string, metadata: Iterable<string>): SimPromise<unknown> {
    return this.#client.call('set_metadata', [name, [...metadata]], {});
  }

  /** How many names there were. */
  remove(
    name?: string | null,
    options: { prefix?: string; regex?: string } = {},
  ): SimPromise<unknown> {
    return this.#client.call('remove', [name ?? null], { ...options });
  }

  list(options: ListOptions = {}): SimPromise<unknown> {
    const { prefix, regex, metadataAll, metadataAny, returnMetadata } = options;
    const keywords = Object.entries({
      prefix,
      regex,
      metadata_all: metadataAll && [...metadataAll],
      metadata_any: metadataAny && [...metadataAny],
      return_metadata: returnMetadata,
    }).filter(([, value]) => value !== undefined);
    return this.#client.call('list', [], Object.fromEntries(keywords));
  }

  count(): SimPromise<unknown> {
    return this.#client.call('count', [], {});
  }

  ping(): SimPromise<unknown> {
    return this.#client.call('ping', [], {});
  }

  toString(): string {
    return `<Pyro4.core.Proxy; connected IPv4; for ${this.#client.uri.toString()}>`;
  }

  [repr](): string {
    return this.toString();
  }
}
