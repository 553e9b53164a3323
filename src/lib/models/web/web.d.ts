/** HTTP between the nodes of the cluster. */
declare module 'web' {
  /** One request, as a server is given it. */
  export interface Request {
    /** `GET`, `POST`. */
    readonly method: string;
    /** `/orders`. */
    readonly path: string;
    /** What follows the `?`. */
    readonly query: Readonly<Record<string, string>>;
    /** What was sent, as text. */
    readonly body: string;
    /** The fields of a form that was sent. */
    readonly form: Readonly<Record<string, string>>;
  }

  /** An answer; a text alone is the body of a 200. A body that begins with `<` is shown as HTML. */
  export interface Reply {
    /** 200 to 599, default 200. */
    status?: number;
    headers?: Record<string, string | undefined>;
    body?: string;
  }

  /**
   * Serves a port, for ever: requests of several connections at the same time. What the handler throws
   * is told on standard error, and answered by a 500.
   */
  export function serve(
    port: number,
    handler: (request: Request) => string | Reply | Promise<string | Reply>,
  ): Promise<never>;

  export interface Response {
    readonly status: number;
    /** `OK`, `Not Found`. */
    readonly reason: string;
    /** Names in small letters. */
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }

  /**
   * Asks a URL of the cluster, such as `http://web:8000/orders`. Every status is an answer. Rejects when
   * the connection fails, and with a TimeoutError after `timeout` virtual seconds (default: never).
   */
  export function request(
    url: string,
    options?: {
      method?: string;
      headers?: Record<string, string>;
      body?: string;
      timeout?: number;
    },
  ): Promise<Response>;
}
