// The network as the kernel sees it: connections (handshake.ts, tcp.ts, flow.ts), datagrams
// (datagrams.ts), the links they go over (links.ts), and the faults that touch all of it.

import type { TcpProfile } from '#lib/protocol/cluster.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { linkChange, verbOf, type Fault, type FaultAction } from '#lib/protocol/faults.ts';
import { GIVE_UP_US } from '#lib/protocol/tcp.ts';
import { Datagrams } from './datagrams.ts';
import type { KernelEvent } from './event-queue.ts';
import { Handshake } from './handshake.ts';
import type { Links } from './links.ts';
import type { KernelPort } from './port.ts';
import { Ports } from './ports.ts';
import { Tcp } from './tcp.ts';

export class Network {
  readonly tcp: Tcp;
  readonly handshake: Handshake;
  readonly datagrams: Datagrams;
  readonly ports: Ports;
  readonly #kernel: KernelPort;
  readonly #links: Links;

  constructor(kernel: KernelPort, links: Links, profile: TcpProfile, faults: readonly Fault[]) {
    const { connect, established } = GIVE_UP_US[profile];
    this.#kernel = kernel;
    this.#links = links;
    this.tcp = new Tcp(kernel, links, {
      giveUpUs: established,
      connectGiveUpUs: connect,
      isBlockable: faults.some((fault) => 'partition' in fault || 'cut' in fault),
      onanswerlost: (connection) => this.handshake.answerLost(connection),
    });
    this.handshake = new Handshake(kernel, links, this.tcp, connect);
    this.ports = new Ports(kernel, this.tcp);
    this.datagrams = new Datagrams(kernel, links);
  }

  /** True for what only the network itself will know of: nobody need wait for it. */
  isSilent(event: KernelEvent): boolean {
    if (event.kind === 'ack') return true;
    // A copy may be the first to arrive.
    if (event.kind === 'copy') return event.segment.state === 'done';
    if (event.kind !== 'retransmit') return false;
    // Within a machine it arrives before a window of the network's latency is over.
    if (event.segment.from.link?.isLocal) return false;
    return !this.tcp.isLastTry(event.segment, event.tUs);
  }

  /** A fault of the network as a whole. */
  strike(action: FaultAction): void {
    if ('partition' in action) this.#links.partition(action.partition, action.oneWay ?? false);
    else if ('cut' in action) this.#links.cut(action.cut);
    else if ('heal' in action) return this.#links.heal();
    else if ('mend' in action) return this.#links.mend(action.mend);
    else if ('link' in action) return this.#links.change(action.link, linkChange(action.set));
    else throw new InvariantError(`invariant broken: a fault of the network: ${verbOf(action)}`);
    this.#loseInFlight();
  }

  /** Partition or cut: what is in flight across it is lost (NET4). */
  #loseInFlight(): void {
    for (const event of this.#kernel.pending()) {
      if (event.isCancelled) continue;
      if (event.kind === 'datagram') this.datagrams.loseInFlight(event);
      else if (event.kind === 'request' || event.kind === 'refused') {
        this.handshake.loseInFlight(event);
      } else this.tcp.loseInFlight(event);
    }
    this.tcp.loseAcksInFlight();
  }
}
