// The master: takes jobs, gives tasks to nodes, notices nodes that are gone (SEMANTICS 5.1, 5.8). All it
// knows of jobs is in its memory: a master that dies loses them.

import type { Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { isNodeFrame } from '../checks.ts';
import { COST } from '../costs.ts';
import { readFrames, sendFrame } from '../frames.ts';
import {
  ACTIVE,
  DATA_FOLDER,
  SILENCE_US,
  TICK_US,
  type JobPack,
  type NodeFrame,
} from '../protocol.ts';
import { jobName } from '../times.ts';
import { Blobs } from './blobs.ts';
import { Job, type JobHost } from './job.ts';
import { NodeLink } from './node-link.ts';
import { choose, type Choice } from './scheduler.ts';
import { Shown } from './shown.ts';
import type { Attempt } from './task.ts';

export class Master implements JobHost {
  readonly process: NodeProcess;
  readonly jobs = new Map<string, Job>();
  readonly nodes = new Map<string, NodeLink>();
  readonly blobs: Blobs;
  /** Nodes that are to get no tasks, by name; they may be down. */
  readonly blacklist = new Set<string>();
  readonly #shown: Shown;
  /** Of the first job. */
  #language: JobPack['language'] | null = null;
  #attemptCount = 0;
  #isChanged = false;
  #ticker = 0;

  constructor(process: NodeProcess) {
    this.process = process;
    this.blobs = new Blobs(process, () => this.aliveNodes());
    this.#shown = new Shown(process);
  }

  aliveNodes(): NodeLink[] {
    return [...this.nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Null when jobs of this cluster are in another language: neither could read the other's data. */
  submit(pack: JobPack): Job | null {
    this.#language ??= pack.language;
    if (this.#language !== pack.language) return null;
    const job = new Job(this, jobName(pack.prefix, this.process.wallUs()), pack);
    this.jobs.set(job.name, job);
    this.process.oblige(ACTIVE, 1);
    job.start();
    this.changed();
    return job;
  }

  /** Forgets a job; with `isPurge` its data goes too, unless a tag keeps it. */
  forget(job: Job, isPurge: boolean): void {
    job.kill();
    this.jobs.delete(job.name);
    this.changed();
    const isKept = this.blobs.tags.has(`disco:results:${job.name}`);
    if (!isPurge || isKept) return;
    for (const node of this.nodes.values()) {
      node.send({ type: 'delete', paths: [`${DATA_FOLDER}/${job.name}`] }, job.name);
    }
  }

  setAllowed(name: string, isAllowed: boolean): void {
    if (isAllowed) this.blacklist.delete(name);
    else this.blacklist.add(name);
    const node = this.nodes.get(name);
    if (node) node.isAllowed = isAllowed;
    this.changed();
  }

  // What jobs ask for.

  /** Once for all that happens in a turn. */
  changed(): void {
    if (this.#isChanged) return;
    this.#isChanged = true;
    SimPromise.resolve().then(() => {
      this.#isChanged = false;
      this.#schedule();
      this.#shown.update([...this.jobs.values()], this.blobs);
    });
  }

  drop(attempt: Attempt): void {
    const node = this.nodes.get(attempt.host);
    if (!node?.running.delete(attempt.number)) return;
    node.send({ type: 'kill', attempt: attempt.number }, attempt.task.name);
  }

  ended(job: Job): void {
    this.process.oblige(ACTIVE, -1);
    if (job.status === 'ready' && job.pack.saveResults) {
      const urls = job.results.map((url) => [url]);
      this.blobs.put(`disco:results:${job.name}`, { urls, attrs: {} }, false);
      job.results = [`tag://disco:results:${job.name}`];
    }
    this.changed();
  }

  // Nodes.

  /** Serves a node for as long as its connection lives. */
  *serveNode(connection: Connection): Body<void> {
    let node: NodeLink | null = null;
    yield* readFrames<NodeFrame>(connection, (frame) => {
      this.process.spendNs(COST.masterNs);
      if (!isNodeFrame(frame)) return connection.reset();
      if (frame.type === 'register') node = this.#register(frame, connection);
      else if (node) this.#take(node, frame);
    });
    if (node) this.#down(node);
  }

  #register(frame: NodeFrame & { type: 'register' }, connection: Connection): NodeLink | null {
    const before = this.nodes.get(frame.name);
    // It has noticed before us that the connection is of no use any more.
    if (before) this.#down(before);
    const node = new NodeLink(frame.name, frame.slots, connection, this.process.nowUs());
    node.isAllowed = !this.blacklist.has(frame.name);
    this.nodes.set(frame.name, node);
    this.blobs.learn(frame.tags);
    sendFrame(connection, { type: 'welcome' }, frame.name);
    this.changed();
    return node;
  }

  #take(node: NodeLink, frame: NodeFrame): void {
    node.heardUs = this.process.nowUs();
    if (frame.type === 'tick' || frame.type === 'register') return;
    // Of an attempt that was given up: somebody else does the work, or has.
    const attempt = node.running.get(frame.attempt);
    if (!attempt) return;
    const job = this.#jobOf(attempt);
    if (frame.type === 'event') return job.heard(attempt, frame.text);
    node.running.delete(frame.attempt);
    if (frame.type === 'done') job.finished(attempt, frame.outputs, frame.fetched);
    else job.failed(attempt, frame.how, frame.text, frame.inputs);
    this.changed();
  }

  #down(node: NodeLink): void {
    if (this.nodes.get(node.name) !== node) return;
    this.nodes.delete(node.name);
    node.connection.reset();
    for (const attempt of node.running.values()) {
      const text = 'Connection lost to the node (network busy?)';
      this.#jobOf(attempt).failed(attempt, 'error', text);
    }
    this.changed();
  }

  #jobOf({ task }: Attempt): Job {
    return [...this.jobs.values()].find((job) => job.tasks.includes(task))!;
  }

  // Tasks.

  #schedule(): void {
    const jobs = [...this.jobs.values()];
    for (;;) {
      const choice = choose(jobs, this.aliveNodes());
      if (!choice) break;
      this.#assign(choice);
    }
    this.#watch();
  }

  #assign({ job, task, node }: Choice): void {
    this.process.spendNs(COST.masterNs);
    const { name, pack } = job;
    const { program, language, data } = pack;
    const attempt = {
      number: ++this.#attemptCount,
      task,
      host: node.name,
      startUs: this.process.nowUs(),
      ...task.inputs(),
    };
    node.running.set(attempt.number, attempt);
    job.began(attempt);
    const { number, inputs } = attempt;
    const { stage, role, id } = task;
    const ids = { job: name, stage, role, task: id, attempt: number };
    node.send({ type: 'task', order: { ...ids, program, language, data, inputs } }, task.name);
  }

  /** Nodes with tasks are heard of every 15 s, or they are down. */
  #watch(): void {
    const isBusy = [...this.nodes.values()].some(({ running }) => running.size > 0);
    if (isBusy === this.#ticker > 0) return;
    this.process.clearTimer(this.#ticker);
    this.#ticker = 0;
    if (!isBusy) return;
    this.#ticker = this.process.setTimer(TICK_US, () => this.#tick(), { label: 'tick' });
  }

  #tick(): void {
    this.#ticker = 0;
    for (const node of this.aliveNodes()) {
      const silentUs = this.process.nowUs() - node.heardUs;
      if (silentUs >= SILENCE_US && node.running.size > 0) this.#down(node);
      else node.send({ type: 'tick' }, node.name);
    }
    this.#watch();
  }
}

/** Accepts nodes for ever. */
export function* acceptNodes(master: Master, port: number): Body<void> {
  const listener = master.process.listen(port);
  for (;;) run(master.serveNode(yield* wait(listener.accept())));
}
