import { expect, test } from 'vitest';
import { runCluster } from '../../../tests/support/cluster.ts';
import { Addresses } from './addresses.ts';

/* eslint-disable require-yield -- these programs do not wait */

test('NODE9 machines have numbers in their order, and loopback is the machine itself', async () => {
  const seen: Record<string, unknown> = {};
  await runCluster({
    programs: {
      *a(process) {
        const addresses = new Addresses(process);
        seen['of'] = ['a', 'b', 'c', 'm', 'localhost', 'ghost'].map((name) => addresses.of(name));
        seen['peers'] = ['a', 'b/2', 'c', ''].map((name) => addresses.ofPeer(name));
        seen['at'] = ['10.0.0.1', '10.0.0.2', '10.0.0.9'].map((it) => addresses.machineAt(it));
      },
      *b() {},
      *c() {},
    },
    machineOf: { a: 'm', b: 'm' },
  });
  expect(seen).toEqual({
    of: ['10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.1', '127.0.0.1', ''],
    peers: ['127.0.0.1', '127.0.0.1', '10.0.0.2', ''],
    at: ['m', 'c', ''],
  });
});
