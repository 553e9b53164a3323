// Addresses of the cluster's own web: `http://web:8000/orders?id=7`. Names are those of nodes.

export interface WebAddress {
  host: string;
  port: number;
  /** Path and query, `/` at least. */
  target: string;
}

const PORT_HTTP = 80;

/**
 * Reads an address; one without a scheme is a host, as browsers take it.
 *
 * @param base where a path, a query or a relative link begins
 * @returns null for anything that is no address of this kind
 */
export function readAddress(text: string, base?: WebAddress): WebAddress | null {
  const plain = text.trim().replace(/#.*$/, '');
  const found = /^(?:http:\/\/)?([A-Za-z0-9_.-]+)(?::(\d{1,5}))?(\/.*|\?.*)?$/.exec(plain);
  const isAbsolute = /^http:\/\//.test(plain) || base === undefined;
  if (!isAbsolute) {
    if (/^[a-z][a-z0-9+.-]*:/i.test(plain)) return null;
    return { ...base, target: escaped(targetFrom(base.target, plain)) };
  }
  if (!found) return null;
  const [, host = '', port = PORT_HTTP, rest = '/'] = found;
  if (Number(port) < 1 || Number(port) > 65_535) return null;
  const target = rest.startsWith('/') ? rest : `/${rest}`;
  return { host, port: Number(port), target: escaped(target) };
}

/** As it is shown and read again. */
export function addressText({ host, port, target }: WebAddress): string {
  return `http://${host}${port === PORT_HTTP ? '' : `:${port}`}${target}`;
}

/** As it can stand in a request: what is no part of an address is escaped, as browsers do. */
const escaped = (target: string): string =>
  target.replace(/[^\x21\x23-\x7e]|[<>]/gu, encodeURIComponent);

/** A reference, resolved against the path and query that it stands in (RFC 3986, section 5). */
function targetFrom(base: string, reference: string): string {
  const [path = '/'] = base.split('?');
  if (reference === '') return base;
  if (reference.startsWith('?')) return `${path}${reference}`;
  const whole = reference.startsWith('/') ? reference : path.replace(/[^/]*$/, reference);
  const [wholePath = '', ...query] = whole.split('?');
  const steps: string[] = [];
  const parts = wholePath.split('/').slice(1);
  for (const part of parts) {
    if (part === '..') steps.pop();
    else if (part !== '.') steps.push(part);
  }
  if (/^\.{1,2}$/.test(parts.at(-1) ?? '')) steps.push('');
  return [`/${steps.join('/')}`, ...query].join('?');
}
