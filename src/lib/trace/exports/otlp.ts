// OpenTelemetry traces in OTLP's JSON form (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding),
// which Jaeger and other backends take. A message is a span from leaving to arriving, a piece of work
// a span of its process; what a turn causes is a child of the message that began it, so one request
// is one trace, however many nodes it touches. Nothing in the programs was instrumented.

import { EPOCH_MS } from '#lib/protocol/time.ts';
import { NO_EVENT, type TraceStore } from '../store.ts';
import { arrivalOf, isBackground, plainWords } from './plain.ts';

/** Of opentelemetry-proto: Span.SpanKind. */
const INTERNAL = 1;
const PRODUCER = 4;
/** Status.StatusCode. */
const ERROR = 2;

interface Attribute {
  key: string;
  value: { stringValue: string } | { intValue: string };
}

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  status: { code?: number; message?: string };
}

/**
 * One ExportTraceServiceRequest: a resource for each node, and the spans of its processes.
 *
 * @param ontext receives parts of one JSON document
 */
export function saveOtlp(trace: TraceStore, ontext: (text: string) => void): void {
  const parents = new Parents(trace);
  const spans = new Map<string, OtlpSpan[]>();
  for (let id = 0; id < trace.eventCount; id++) {
    const span = spanOf(trace, parents, id);
    if (!span) continue;
    const { node } = trace.processAt(id);
    const own = spans.get(node);
    if (own) own.push(span);
    else spans.set(node, [span]);
  }
  ontext('{"resourceSpans":[');
  let count = 0;
  for (const [node, own] of spans) {
    const resource = { attributes: [text('service.name', node)] };
    const scopeSpans = [{ scope: { name: 'lightcone' }, spans: own }];
    ontext((count++ > 0 ? ',\n' : '\n') + JSON.stringify({ resource, scopeSpans }));
  }
  ontext('\n]}\n');
}

function spanOf(trace: TraceStore, parents: Parents, id: number): OtlpSpan | null {
  if (!isSpan(trace, id)) return null;
  const isMessage = trace.kindAt(id) === 'send';
  const end = isMessage ? arrivalOf(trace, id) : trace.closerAt(id);
  const isOpen = end === NO_EVENT;
  const parent = parents.of(id);
  return {
    traceId: parents.traceId(id),
    spanId: spanId(id),
    ...(parent === NO_EVENT ? {} : { parentSpanId: spanId(parent) }),
    name: isMessage
      ? `${trace.textAt(id, 'proto')} ${trace.textAt(id, 'msg')}`
      : trace.textAt(id, 'name')!,
    kind: isMessage ? PRODUCER : INTERNAL,
    startTimeUnixNano: nanos(trace.timeAt(id)),
    endTimeUnixNano: nanos(isOpen ? trace.frontierUs : trace.timeAt(end)),
    attributes: attributesOf(trace, id, isMessage),
    status: isOpen ? { code: ERROR, message: isMessage ? 'never arrived' : 'never ended' } : {},
  };
}

function isSpan(trace: TraceStore, id: number): boolean {
  const kind = trace.kindAt(id);
  if (kind === 'send') return !isBackground(trace, id);
  return kind === 'span' && trace.textAt(id, 'op') === 'begin';
}

function attributesOf(trace: TraceStore, id: number, isMessage: boolean): Attribute[] {
  const line = trace.textAt(id, 'line');
  return [
    text('lightcone.process', trace.processAt(id).name),
    { key: 'lightcone.event', value: { intValue: String(id) } },
    text('lightcone.words', plainWords(trace, id)),
    ...(line === undefined ? [] : [text('code.location', line)]),
    ...(isMessage
      ? [
          text('lightcone.to', trace.textAt(id, 'to')!),
          {
            key: 'messaging.message.body.size',
            value: { intValue: String(trace.intAt(id, 'bytes')) },
          },
        ]
      : []),
  ];
}

function text(key: string, value: string): Attribute {
  return { key, value: { stringValue: value } };
}

/** Ids must not be zero. */
function spanId(id: number): string {
  return (id + 1).toString(16).padStart(16, '0');
}

/** Decimal, as text: beyond what a JSON number holds. */
function nanos(tUs: number): string {
  return String((BigInt(EPOCH_MS) * 1000n + BigInt(tUs)) * 1000n);
}

/** Which message a span goes back to. Causes have lower ids, so one pass finds them all. */
class Parents {
  readonly #trace: TraceStore;
  /** Per event: the latest message that led to it, or NO_EVENT. */
  readonly #messages: Int32Array;
  /** Per message: the first of its chain. */
  readonly #roots: Int32Array;
  readonly #prefix: string;

  constructor(trace: TraceStore) {
    this.#trace = trace;
    this.#messages = new Int32Array(trace.eventCount).fill(NO_EVENT);
    this.#roots = new Int32Array(trace.eventCount);
    // Two runs must not share ids: the digest tells them apart.
    this.#prefix = (trace.end?.digest ?? '').slice(0, 24).padStart(24, '0');
    for (let id = 0; id < trace.eventCount; id++) {
      const parent = this.of(id);
      this.#roots[id] = parent === NO_EVENT ? id : this.#roots[parent]!;
      this.#messages[id] = isSpan(trace, id) ? id : parent;
    }
  }

  /** The span that led to an event: of its own message for an arrival, else of its turn's cause. */
  of(id: number): number {
    const trace = this.#trace;
    const message = trace.messageOf(id);
    const source = message !== NO_EVENT && message !== id ? message : trace.causeAt(id);
    return source === NO_EVENT ? NO_EVENT : this.#messages[source]!;
  }

  traceId(id: number): string {
    return this.#prefix + (this.#roots[id]! + 1).toString(16).padStart(8, '0');
  }
}
