// The words of `celery … flower`.

export interface FlowerOptions {
  port: number;
  /** '': all. */
  address: string;
}

export const FLOWER_PORT = 5555;
