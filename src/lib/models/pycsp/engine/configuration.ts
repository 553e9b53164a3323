// The settings of PyCSP, one set for each node, under the numbers by which programs name them.

export const SETTING = {
  SOCKETS_CONNECT_TIMEOUT: 0,
  SOCKETS_CONNECT_RETRY_DELAY: 1,
  SOCKETS_BIND_TIMEOUT: 2,
  SOCKETS_BIND_RETRY_DELAY: 3,
  SOCKETS_STRICT_MODE: 4,
  PYCSP_PORT: 5,
  PYCSP_HOST: 6,
} as const;

export type Setting = (typeof SETTING)[keyof typeof SETTING];

/** Times are seconds. */
export class Settings {
  readonly #values = new Map<number, unknown>([
    [SETTING.SOCKETS_CONNECT_TIMEOUT, 2],
    [SETTING.SOCKETS_CONNECT_RETRY_DELAY, 0.2],
    [SETTING.SOCKETS_BIND_TIMEOUT, 2],
    [SETTING.SOCKETS_BIND_RETRY_DELAY, 0.2],
    [SETTING.SOCKETS_STRICT_MODE, false],
    [SETTING.PYCSP_PORT, 0],
    [SETTING.PYCSP_HOST, ''],
  ]);

  has(setting: unknown): setting is Setting {
    return this.#values.has(setting as number);
  }

  get(setting: Setting): unknown {
    return this.#values.get(setting);
  }

  set(setting: Setting, value: unknown): void {
    this.#values.set(setting, value);
  }

  number(setting: Setting): number {
    return Number(this.get(setting));
  }
}
