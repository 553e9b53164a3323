// The one place where lab, trace, lesson and workspace meet.
//
// Two positions: the *frontier*, up to which the kernel has computed, and the *cursor*, which is
// shown. Run computes ahead; Pause, Back, Step, Restart, the slider and the speed move the cursor
// only. A fault made by hand is written into faults.json at the cursor and everything is computed
// again: the same seed gives the same past, so the picture up to the cursor stays and only the
// future changes. Faults that lie after the cursor are kept: they are part of the experiment, and
// deleting one is a click on its mark.

import type { Diagnostic, Finding } from '#lib/protocol/errors.ts';
import type { Fault, FaultAction } from '#lib/protocol/faults.ts';
import { findMatch, findMoment } from '#lib/lessons/pattern.ts';
import type { Moment, Pattern } from '#lib/lessons/schema.ts';
import type { FileHistory, MachineFiles } from '#lib/runtime/file-history.ts';
import { exploredNode } from '#lib/runtime/explored.ts';
import type { LabThread } from '#lib/runtime/lab.ts';
import { nodesOf } from '#lib/trace/facts.ts';
import { seenFrom } from '#lib/trace/lens.ts';
import { NO_EVENT, TraceStore } from '#lib/trace/store.ts';
import type { Workspace } from '#lib/editor/Workspace.svelte.ts';
import { SCHEDULE_FILE, scheduleText } from '#lib/experiment/schedule-file.ts';
import { Engine } from './engine.ts';
import { PythonDownload, PythonNotLoaded } from './python-download.svelte.ts';
import { FaultPlaces, type PlacedFault } from './fault-marks.ts';
import { isFaultList, parseFaults, timedFault, writeFaults } from './fault-file.ts';
import { keepRun, type KeptRun, type RunInput } from './kept-runs.ts';
import { patternOf } from './message-fault.ts';

export type RunState = 'idle' | 'compiling' | 'running' | 'paused' | 'finished' | 'failed';

/** `auto`: even along the drawing. `max`: as fast as it is computed. Else virtual : real time. */
export const SPEEDS = ['auto', '1:100', '1:10', '1:1', '10:1', 'max'] as const;
export type Speed = (typeof SPEEDS)[number];

/** Playback in pixels of the drawing a second: idle hours pass in a moment. */
const AUTO_PX_PER_S = 90;
/** With reduced motion the picture moves from event to event, two a second. */
const CALM_STEP_MS = 500;
/**
 * The kernel may be so many events ahead of the cursor; then it waits, as a fault made by hand would
 * throw away what it computed. Whoever goes to the end lifts the limit.
 */
const LEAD_EVENTS = 50_000;
/** Events of a long trace that the axis reads in a frame. */
const READ_A_FRAME = 20_000;
/** A frame that comes later than this was held up by something else than the picture. */
const FRAME_MS_MAX = 100;

/** The axis of the drawing: rows are the instants at which something prominent happens. */
export interface Timeline {
  /** @returns false when there is more to read than so many events */
  extend(trace: TraceStore, most?: number): boolean;
  yAt(tUs: number): number;
  tAt(y: number): number;
  rowAt(tUs: number): number;
  rowTimeUs(row: number): number;
  readonly rowCount: number;
}

/** A trace that came from a file: it is looked at, nothing in it can be changed. */
export interface OpenedFile {
  name: string;
  /** Another build may run the same experiment differently. */
  isOtherBuild: boolean;
}

/** What a fault made by hand has replaced. */
interface Undoable {
  before: string | undefined;
  after: string;
  cursorUs: number;
}

interface Options {
  workspace: Workspace;
  seed: number;
  /** A fresh axis for each trace. */
  timeline: () => Timeline;
  /** A whole run has been shown to its end. */
  onended?: (trace: TraceStore) => void;
  /** Default: one of its own. */
  engine?: Pick<Engine, 'prepare' | 'start' | 'close'> & Partial<Pick<Engine, 'warm' | 'check'>>;
}

export class Session {
  readonly workspace: Workspace;
  /** What Python nodes need, while it comes. */
  readonly python = new PythonDownload();
  readonly #engine: NonNullable<Options['engine']>;
  readonly #newTimeline: () => Timeline;
  readonly #onended: ((trace: TraceStore) => void) | undefined;

  #trace = $state.raw<TraceStore | null>(null);
  #revision = $state(0);
  #timeline: Timeline;
  #isTimelineRead = true;
  #cursorUs = $state(0);
  /** How far this trace has been shown: beyond lies what the learner does not know yet. */
  #seenUs = $state(0);
  #isPlaying = $state(false);
  #isPreparing = $state(false);
  #isComputing = $state(false);
  #failure = $state<string | null>(null);
  #isUnloaded = $state(false);
  #seed = $state(1);
  #ranKey = $state('');
  #comingKey = $state('');
  #pauseCount = $state(0);
  #runCount = $state(0);
  #opened = $state.raw<OpenedFile | null>(null);
  #kept = $state.raw<readonly KeptRun[]>([]);
  /** What the run on stage was computed from. */
  #input = $state.raw<RunInput | null>(null);
  #undoables = $state.raw<readonly Undoable[]>([]);
  #setAside = $state.raw<RunInput | null>(null);
  /** The learner's, while other programs are on stage. */
  #ownSeed: number | null = null;

  speed = $state<Speed>('auto');
  /** Where the first run stops: a shared link shows the moment it was made at. 0 for nowhere. */
  startAtUs = 0;
  /** Only what this node can know is shown; null for everything. */
  lensNode = $state<string | null>(null);

  /** Runs of this page; a trace from a file has none. */
  readonly #histories = new WeakMap<TraceStore, FileHistory>();
  readonly #places = new FaultPlaces();
  #pauseOn: () => Moment | null = () => null;
  /** Being computed, not shown yet. */
  #next: TraceStore | null = null;
  #thread: LabThread | null = null;
  #runId = 0;
  #frame = 0;
  #lastFrameMs = 0;
  /**
   * Height of the cursor while it is played evenly: time has whole microseconds, heights do not. Null
   * when it has come here otherwise.
   */
  #playY: number | null = null;
  #calmMs = 0;
  #hasNews = false;
  /** Pending while the kernel waits for the cursor. */
  #lead: PromiseWithResolvers<void> | null = null;
  /** On the way to the end of a run that is still being computed. */
  #isSkipping = false;

  constructor({ workspace, seed, timeline, onended, engine }: Options) {
    this.workspace = workspace;
    this.#engine = engine ?? new Engine(() => this.python.load());
    this.#seed = seed;
    this.#newTimeline = timeline;
    this.#onended = onended;
    this.#timeline = timeline();
  }

  // What is shown.

  /** The trace on stage, or null before the first run. Changes with `revision`. */
  get trace(): TraceStore | null {
    return this.#trace;
  }

  /** Counts what the trace has gained; bumped once a frame at most. */
  get revision(): number {
    return this.#revision;
  }

  get cursorUs(): number {
    return this.#cursorUs;
  }

  get seenUs(): number {
    return Math.max(this.#seenUs, this.#cursorUs);
  }

  get frontierUs(): number {
    void this.#revision;
    return this.#trace?.frontierUs ?? 0;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** How often playback has stopped by itself where a lesson asked for it. */
  get pauseCount(): number {
    return this.#pauseCount;
  }

  /** How often the picture has begun anew: by Run and by Restart, not by a fault made by hand. */
  get runCount(): number {
    return this.#runCount;
  }

  /** Why the platform failed, or null. */
  get failure(): string | null {
    return this.#failure;
  }

  /** The failure is that something did not come over the network: in words for the learner. */
  get isUnloaded(): boolean {
    return this.#failure !== null && this.#isUnloaded;
  }

  /** The whole run is computed. */
  get isComplete(): boolean {
    void this.#revision;
    return !this.#isComputing && this.#trace?.end != null;
  }

  /** Program, cluster, faults or seed are not those of the picture any more. */
  readonly isStale = $derived.by(() => {
    if (this.#trace === null || this.#opened !== null) return false;
    const key = this.#key();
    // What is just being computed replaces the picture in a moment.
    return key !== this.#ranKey && key !== this.#comingKey;
  });

  readonly runState: RunState = $derived.by(() => {
    if (this.#failure !== null) return 'failed';
    if (this.#isPreparing) return 'compiling';
    if (!this.#trace) return 'idle';
    if (this.#isPlaying) return 'running';
    return this.isComplete && this.#cursorUs >= this.frontierUs ? 'finished' : 'paused';
  });

  /** Digest of the current picture; absent while it is computed, stale or failed. */
  readonly digest: string | undefined = $derived.by(() =>
    this.isComplete && !this.isStale ? this.#trace?.end?.digest : undefined,
  );

  get seed(): number {
    return this.#seed;
  }

  set seed(seed: number) {
    if (Number.isSafeInteger(seed) && seed >= 0) this.#seed = seed;
  }

  /** The nodes of the picture; before the first run those of cluster.json. */
  readonly nodes: readonly string[] = $derived.by(() => {
    void this.#revision;
    return this.#trace?.header
      ? nodesOf(this.#trace)
      : nodesOfFile(this.workspace.files['cluster.json']);
  });

  /** The file that the picture comes from; null for a run of this page. */
  get opened(): OpenedFile | null {
    return this.#opened;
  }

  /** Runs that were on stage before, of other experiments: the latest first. */
  get kept(): readonly KeptRun[] {
    return this.#kept;
  }

  /** What was written and had not run when a kept run came back: it can be brought back. */
  get setAside(): RunInput | null {
    return this.#setAside;
  }

  /** The run on stage, as it will be kept. */
  readonly shown: KeptRun | null = $derived.by(() => {
    if (!this.#trace) return null;
    return {
      ...{ key: this.#ranKey, trace: this.#trace },
      ...{ input: this.#input, opened: this.#opened },
    };
  });

  /** The last fault made by hand can be taken back: faults.json is as it left it. */
  readonly canUndo: boolean = $derived.by(() => {
    const last = this.#undoables.at(-1);
    return last !== undefined && last.after === this.workspace.files['faults.json'];
  });

  /** The entries of faults.json. */
  readonly faults: readonly Fault[] = $derived.by(() =>
    parseFaults(this.workspace.files['faults.json']),
  );

  /** The faults that have a place in the picture, as far as it has been shown. */
  readonly placedFaults: readonly PlacedFault[] = $derived.by(() => {
    void this.#revision;
    if (!this.#trace || this.#opened) return [];
    const places = this.#places.of(this.#trace, this.faults);
    return places.filter(({ atUs }) => atUs <= this.seenUs);
  });

  /**
   * The files of the machines on which programs wrote some, up to the cursor and as far as the lens
   * knows of it. The same list as long as they are the same.
   */
  readonly files: readonly MachineFiles[] = $derived.by(() => {
    void this.#revision;
    const trace = this.#trace;
    const history = trace && this.#histories.get(trace);
    if (!history) return [];
    const lens = this.lensNode === null ? null : seenFrom(trace, this.lensNode, this.#cursorUs);
    return history.at(this.#cursorUs, lens?.has);
  });

  /** What stands in files is at hand: the run is computed. */
  get hasFileContents(): boolean {
    void this.#revision;
    return this.#trace !== null && this.#histories.get(this.#trace)?.hasContents === true;
  }

  /** The first message of the run that a pattern names, once it is shown; else null. */
  shownMessage(pattern: Pattern): number | null {
    void this.#revision;
    const id = this.#trace ? findMatch(this.#trace, pattern) : NO_EVENT;
    return id !== NO_EVENT && this.#trace!.timeAt(id) <= this.#cursorUs ? id : null;
  }

  /** Asked while playing: where playback stops by itself, or null. */
  watchPause(pauseOn: () => Moment | null): void {
    this.#pauseOn = pauseOn;
  }

  // Verbs.

  /** Run: computes and plays from the start; goes on when it is paused. */
  run(): void {
    if (this.#isPreparing || this.#isPlaying) return;
    const goesOn = this.runState === 'paused' && !this.isStale;
    if (goesOn) return this.play();
    const startAtUs = this.startAtUs;
    this.startAtUs = 0;
    void this.#compute(startAtUs, startAtUs === 0);
  }

  /** After a failure of the platform. */
  retry(): void {
    this.#failure = null;
    void this.#compute(0, true);
  }

  /** For an idle moment: a run that comes later finds Python up. What fails now is told then. */
  warm(): void {
    void this.#engine.warm?.(this.workspace.files).catch(() => undefined);
  }

  /** What CPython's compiler says of a file; answered once Python is here. */
  readonly check = async (file: string, source: string): Promise<readonly Finding[]> =>
    (await this.#engine.check?.(file, source)) ?? [];

  play(): void {
    if (!this.#trace || this.#failure !== null) return;
    if (this.isComplete && this.#cursorUs >= this.frontierUs) return;
    this.#isPlaying = true;
    this.#startClock();
  }

  pause(): void {
    this.#isSkipping = false;
    this.#isPlaying = false;
  }

  /** Plays the same run again from its start. */
  rewind(): void {
    if (!this.#trace) return this.run();
    if (this.isStale) return void this.#compute(0, true);
    this.#runCount++;
    this.#moveTo(0);
    this.#isPlaying = true;
    this.#startClock();
  }

  /** To the next instant at which something happens. */
  step(): void {
    if (!this.#trace) return void this.#compute(0, false);
    this.#isPlaying = false;
    this.#moveTo(this.#nextRowUs() ?? this.frontierUs);
  }

  back(): void {
    this.#isPlaying = false;
    const timeline = this.#readTimeline();
    const row = timeline.rowAt(this.#cursorUs);
    const here = timeline.rowTimeUs(row);
    this.#moveTo(here < this.#cursorUs ? here : timeline.rowTimeUs(Math.max(0, row - 1)));
  }

  /** Moves the cursor. */
  seek(tUs: number): void {
    this.#isPlaying = false;
    this.#moveTo(Math.min(Math.max(0, Math.round(tUs)), this.frontierUs));
  }

  /** To the end of the run: at once where it is computed, else as soon as it is. */
  skip(): void {
    if (this.isComplete) return this.seek(this.frontierUs);
    this.#isSkipping = this.#isComputing;
    this.#isPlaying = this.#isSkipping && this.#trace !== null;
    this.#startClock();
  }

  /**
   * Breaks something at the cursor, or elsewhere in time: appends it to faults.json, computes again
   * to there and plays on. Where an event stands exactly at that instant the fault strikes a
   * microsecond later: faults come first in an instant, and what is shown as happened must stay so.
   */
  strike(action: FaultAction, atUs: number = this.#cursorUs): void {
    if (!this.#trace || this.#opened) return;
    const last = this.#trace.lastAtOrBefore(atUs);
    const isTaken = last !== NO_EVENT && this.#trace.timeAt(last) === atUs;
    const fault = timedFault(action, isTaken ? atUs + 1 : atUs);
    this.#rewrite([...this.faults, fault], Math.min(atUs, this.#cursorUs), true);
  }

  /**
   * Does something to one message, the one that event `id` sends: appends a pattern that names it,
   * computes again and plays on from where it leaves.
   */
  strikeMessage(action: FaultAction, id: number): void {
    if (!this.#trace || this.#opened) return;
    const fault = { on: patternOf(this.#trace, id), ...action } as Fault;
    const sentUs = this.#trace.timeAt(id);
    this.#rewrite([...this.faults, fault], Math.min(sentUs, this.#cursorUs), true);
  }

  /** Takes back the last fault made by hand and shows the moment at which it was made. */
  undo(): void {
    const last = this.#undoables.at(-1);
    if (!last || !this.canUndo) return;
    this.#undoables = this.#undoables.slice(0, -1);
    this.workspace.write('faults.json', last.before ?? writeFaults([]));
    void this.#compute(last.cursorUs, false, false);
  }

  /** Moves a timed fault, by its position in faults.json. */
  moveFault(index: number, atUs: number): void {
    const faults = this.faults.map((fault, at) =>
      at === index && 'atMs' in fault
        ? { ...fault, atMs: Math.max(0, Math.round(atUs)) / 1000 }
        : fault,
    );
    this.#rewrite(faults, this.#cursorUs, this.#isPlaying);
  }

  removeFault(index: number): void {
    const faults = this.faults.filter((_, at) => at !== index);
    this.#rewrite(faults, this.#cursorUs, this.#isPlaying);
  }

  /** Shows a whole trace that was not computed here, at its end; the run before is kept. */
  open(trace: TraceStore, opened: OpenedFile): void {
    const { shown, kept } = this;
    this.clear();
    this.#kept = shown ? [shown, ...kept] : kept;
    this.#bring({ key: `file ${trace.end?.digest}`, trace, input: null, opened });
  }

  /** Lets go of what was opened: the run that was on stage before is there again. */
  closeFile(): void {
    const [last, ...others] = this.#kept;
    this.clear();
    // One that was never computed to its end cannot go on.
    if (!last?.trace.end) return;
    this.#kept = others;
    this.#bring(last);
  }

  /**
   * A kept run comes on stage again, at the cursor, and what it was computed from into the files and
   * the seed. The run that was there is kept in turn.
   */
  takeBack(run: KeptRun): void {
    const { seed, isStale } = this;
    const { files } = this.workspace;
    // Whoever looked at the end looks at this one's.
    const cursorUs = this.#cursorUs < this.frontierUs ? this.#cursorUs : Infinity;
    this.#rest();
    this.#setAside = isStale ? { seed, files } : null;
    if (run.input) this.#take(run.input);
    // One that was replaced before it was computed to its end is computed again.
    if (!run.trace.end) return void this.#compute(Math.min(cursorUs, run.trace.frontierUs), false);
    this.#runCount++;
    this.#show(run, Math.min(cursorUs, run.trace.frontierUs), false);
    this.#revision++;
  }

  /** What was set aside is in the files again; the picture stays, and is stale. */
  bringBack(): void {
    if (!this.#setAside) return;
    this.#take(this.#setAside);
    this.#setAside = null;
  }

  #take({ seed, files }: RunInput): void {
    this.#seed = seed;
    this.workspace.replace(files);
  }

  /** Back to nothing run: for a lesson that starts over. */
  clear(): void {
    this.#rest();
    this.#setAside = null;
    this.#kept = [];
    this.#trace = null;
    this.#opened = null;
    this.#cursorUs = 0;
    this.lensNode = null;
    this.#timeline = this.#newTimeline();
  }

  /** Nothing is computed, played or wrong, and nothing can be taken back. */
  #rest(): void {
    this.#abandon();
    this.#undoables = [];
    this.#failure = null;
    this.#isPlaying = false;
    this.#isPreparing = false;
    this.#isComputing = false;
    this.#comingKey = '';
    this.workspace.problems = [];
  }

  /**
   * A thread for runs that nobody watches, with other faults than the file's.
   *
   * @param files other programs than the learner's
   */
  async startCheck(
    faults: readonly unknown[],
    files: RunInput['files'] = this.workspace.ownFiles,
  ): Promise<LabThread> {
    const prepared = await this.#engine.prepare({
      ...files,
      'faults.json': JSON.stringify(faults),
    });
    return this.#engine.start(prepared, 'inline');
  }

  /** A thread in which all schedules of the program can be tried, and the node that has them. */
  async startSearch(): Promise<{ node: string; thread: LabThread }> {
    const prepared = await this.#engine.prepare(this.programs);
    const node = exploredNode(prepared);
    return { node, thread: await this.#engine.start(prepared, 'inline') };
  }

  /** All files but the schedule. */
  get programs(): Readonly<Record<string, string>> {
    const { [SCHEDULE_FILE]: _, ...files } = this.workspace.files;
    return files;
  }

  /** The experiment as it stands has a schedule. */
  get hasSchedule(): boolean {
    return SCHEDULE_FILE in this.workspace.files;
  }

  /** Runs by a schedule from the start, and by no other until it is left. */
  follow(node: string, schedule: readonly number[]): void {
    this.workspace.write(SCHEDULE_FILE, scheduleText(node, schedule));
    void this.#compute(0, true);
  }

  /** Runs as the processes come, from the start. */
  leaveSchedule(): void {
    this.workspace.remove(SCHEDULE_FILE);
    void this.#compute(0, true);
  }

  /** The faults of the experiment are these. */
  isUnder(faults: readonly unknown[]): boolean {
    return this.workspace.files['faults.json'] === writeFaults(faults as Fault[]);
  }

  /** Runs one seed of the learner's programs under other faults, from its start. */
  watch(seed: number, faults: readonly unknown[]): void {
    this.leaveStage();
    this.#seed = seed;
    this.workspace.write('faults.json', writeFaults(faults as Fault[]));
    void this.#compute(0, true);
  }

  /** Other programs are lent to the files, and run from their start. */
  stage({ seed, files }: RunInput): void {
    this.#ownSeed ??= this.#seed;
    this.#seed = seed;
    this.workspace.lend(files);
    void this.#compute(0, true);
  }

  /** The learner's programs are in the files again; the picture stays. */
  leaveStage(): void {
    if (this.workspace.isLent && this.#ownSeed !== null) this.#seed = this.#ownSeed;
    this.#ownSeed = null;
    this.workspace.takeBack();
  }

  close(): void {
    this.#abandon();
    cancelAnimationFrame(this.#frame);
    this.#engine.close();
  }

  // Inside.

  #key(): string {
    return JSON.stringify([this.#seed, Object.entries(this.workspace.files).sort()]);
  }

  #rewrite(faults: readonly Fault[], cursorUs: number, isPlaying: boolean): void {
    const before = this.workspace.files['faults.json'];
    // What somebody is still writing is never overwritten: running it says what is wrong there.
    if (isFaultList(before)) {
      const after = writeFaults(faults);
      this.#undoables = [...this.#undoables, { before, after, cursorUs: this.#cursorUs }];
      this.workspace.write('faults.json', after);
    }
    if (this.#trace) void this.#compute(cursorUs, isPlaying, false);
  }

  #abandon(): void {
    this.#runId++;
    this.#endLead();
    this.#thread?.close();
    this.#thread = null;
    this.#next = null;
  }

  /**
   * Computes the experiment as it stands. What is on stage stays until the new trace has reached
   * the cursor.
   *
   * @param isAnew false when a picture goes on with another future
   */
  async #compute(cursorUs: number, isPlaying: boolean, isAnew = true): Promise<void> {
    this.#abandon();
    const runId = this.#runId;
    const isCurrent = (): boolean => runId === this.#runId;
    const key = this.#key();
    const seed = this.#seed;
    const input: RunInput = { seed, files: this.workspace.files };
    this.#comingKey = key;
    this.#isPlaying = false;
    this.#isSkipping = false;
    this.#isPreparing = true;
    this.#isComputing = true;
    this.#failure = null;
    this.#isUnloaded = false;
    let thread: LabThread | null = null;
    try {
      const [prepared, { FileHistory }] = await Promise.all([
        this.#engine.prepare(this.workspace.files),
        import('#lib/runtime/file-history.ts'),
      ]);
      if (!isCurrent()) return;
      this.workspace.problems = [];
      thread = await this.#engine.start(prepared, 'shared');
      if (!isCurrent()) return;
      this.#thread = thread;
      const store = new TraceStore();
      const history = new FileHistory(store, thread);
      this.#histories.set(store, history);
      this.#next = store;
      // A picture that goes on has everything of the cursor's instant, or parts of it would flicker.
      const isPast = (tUs: number): boolean => tUs > cursorUs || (isAnew && tUs === cursorUs);
      const ontext = (text: string): void | Promise<void> => {
        if (!isCurrent()) return;
        store.append(text);
        if (this.#next === store && (store.end || isPast(store.frontierUs))) {
          if (isAnew) this.#runCount++;
          const run = { key, trace: store, input, opened: null };
          this.#show(run, cursorUs, isPlaying);
        }
        this.#hasNews = true;
        this.#startClock();
        if (this.#isFarAhead()) return (this.#lead ??= Promise.withResolvers()).promise;
      };
      const { end } = await thread.run({ seed, ontext });
      await history.settle();
      if (!isCurrent()) return;
      if (end.reason === 'failed') this.#failure = end.detail ?? 'failed';
    } catch (error) {
      if (isCurrent()) this.#fail(error);
    } finally {
      thread?.close();
      if (isCurrent()) {
        this.warm();
        this.#isPreparing = false;
        this.#isComputing = false;
        this.#comingKey = '';
        this.#thread = null;
        this.#hasNews = true;
        this.#startClock();
      }
    }
  }

  /** The kernel has computed more than is likely to be looked at. */
  #isFarAhead(): boolean {
    const trace = this.#trace;
    if (!trace || this.#next || trace.end || this.#isSkipping || this.speed === 'max') return false;
    return trace.eventCount - trace.lastAtOrBefore(this.#cursorUs) > LEAD_EVENTS;
  }

  /** Lets the kernel go on when the cursor has come after it. */
  #noticeLead(): void {
    if (this.#lead && !this.#isFarAhead()) this.#endLead();
  }

  #endLead(): void {
    this.#lead?.resolve();
    this.#lead = null;
  }

  #fail(error: unknown): void {
    const diagnostics = (error as { diagnostics?: readonly Diagnostic[] }).diagnostics;
    this.#isUnloaded = error instanceof PythonNotLoaded;
    if (diagnostics) this.workspace.problems = diagnostics;
    else this.#failure = error instanceof Error ? error.message : String(error);
  }

  /** Shows a whole run at its end. */
  #bring(run: KeptRun): void {
    this.#runCount++;
    this.#show(run, run.trace.frontierUs, false);
    this.#revision++;
  }

  #show(run: KeptRun, cursorUs: number, isPlaying: boolean): void {
    this.#next = null;
    this.#kept = keepRun(this.#kept, this.shown, run.key);
    this.#trace = run.trace;
    this.#ranKey = run.key;
    this.#input = run.input;
    this.#opened = run.opened;
    this.#timeline = this.#newTimeline();
    this.#isTimelineRead = false;
    this.#startClock();
    this.#cursorUs = cursorUs;
    this.#seenUs = cursorUs;
    this.#isPreparing = false;
    this.#isPlaying = isPlaying || this.#isSkipping;
    this.#moveTo(cursorUs);
  }

  #moveTo(tUs: number): void {
    this.#isSkipping &&= this.#isPlaying;
    this.#seenUs = Math.max(this.#seenUs, this.#cursorUs);
    this.#cursorUs = tUs;
    this.#playY = null;
    this.#calmMs = 0;
    this.#noticeLead();
    this.#noticeEnd();
  }

  #noticeEnd(): void {
    if (this.runState !== 'finished' || this.isStale || this.#opened) return;
    this.#onended?.(this.#trace!);
  }

  #nextRowUs(): number | null {
    const timeline = this.#readTimeline();
    const row = timeline.rowAt(this.#cursorUs) + 1;
    return row < timeline.rowCount ? timeline.rowTimeUs(row) : null;
  }

  /** The axis as far as the trace has come. A long one is read frame by frame, unless somebody asks. */
  #readTimeline(): Timeline {
    if (this.#trace) this.#timeline.extend(this.#trace);
    return this.#timeline;
  }

  // The clock of the page: at most one change a frame, and none while nothing moves.

  #startClock(): void {
    if (this.#frame !== 0) return;
    this.#lastFrameMs = performance.now();
    this.#frame = requestAnimationFrame(this.#tick);
  }

  readonly #tick = (nowMs: number): void => {
    this.#frame = 0;
    const elapsedMs = Math.min(Math.max(0, nowMs - this.#lastFrameMs), FRAME_MS_MAX);
    this.#lastFrameMs = nowMs;
    if (this.#hasNews && this.#trace) {
      this.#hasNews = false;
      this.#isTimelineRead = false;
      this.#revision++;
    }
    if (!this.#isTimelineRead && this.#trace) {
      this.#isTimelineRead = this.#timeline.extend(this.#trace, READ_A_FRAME);
    }
    if (this.#isPlaying) this.#advance(elapsedMs);
    this.#noticeLead();
    const goesOn = this.#isPlaying || this.#hasNews || !this.#isTimelineRead;
    if (goesOn) this.#frame = requestAnimationFrame(this.#tick);
  };

  #advance(elapsedMs: number): void {
    const trace = this.#trace!;
    const before = this.#cursorUs;
    const { frontierUs } = trace;
    const after = Math.min(this.#isSkipping ? Infinity : this.#wantedUs(elapsedMs), frontierUs);
    const pauseUs = this.#isSkipping ? null : this.#pauseUs(before, after);
    if (pauseUs !== null) {
      this.#isPlaying = false;
      this.#pauseCount++;
      return this.#moveTo(pauseUs);
    }
    this.#cursorUs = Math.max(before, after);
    if (after < frontierUs) return;
    // The height waits where the computed part ends, or it would leap when more comes.
    this.#playY = this.#readTimeline().yAt(frontierUs);
    if (!this.isComplete) return;
    this.#isPlaying = false;
    this.#isSkipping = false;
    this.#noticeEnd();
  }

  #wantedUs(elapsedMs: number): number {
    if (this.speed === 'max') return Infinity;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return this.#calmUs(elapsedMs);
    if (this.speed === 'auto') {
      const timeline = this.#readTimeline();
      this.#playY ??= timeline.yAt(this.#cursorUs);
      this.#playY += (AUTO_PX_PER_S * elapsedMs) / 1000;
      return timeline.tAt(this.#playY);
    }
    this.#playY = null;
    const [virtual, real] = this.speed.split(':').map(Number);
    return this.#cursorUs + (elapsedMs * 1000 * virtual!) / real!;
  }

  #calmUs(elapsedMs: number): number {
    this.#calmMs += elapsedMs;
    if (this.#calmMs < CALM_STEP_MS) return this.#cursorUs;
    this.#calmMs = 0;
    return this.#nextRowUs() ?? this.frontierUs;
  }

  /** The instant in (before, after] at which the lesson wants a stop. */
  #pauseUs(before: number, after: number): number | null {
    const moment = this.#pauseOn();
    if (!moment || after <= before) return null;
    const id = findMoment(this.#trace!, moment);
    if (id === NO_EVENT) return null;
    const tUs = this.#trace!.timeAt(id);
    return tUs > before && tUs <= after ? tUs : null;
  }
}

export function nodesOfFile(text: string | undefined): string[] {
  try {
    return Object.keys((JSON.parse(text ?? '') as { nodes?: object }).nodes ?? {});
  } catch {
    return [];
  }
}
