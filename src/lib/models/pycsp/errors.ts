// The exceptions of PyCSP under their own names. Poison and retirement carry no text, as there.

export class ChannelPoisonException extends Error {
  override name = 'ChannelPoisonException';
}

export class ChannelRetireException extends Error {
  override name = 'ChannelRetireException';
}

/** What went wrong between nodes; `addr` is where the channel lives. */
export class ChannelSocketException extends Error {
  override name = 'ChannelSocketException';
  readonly addr: readonly [host: string, port: number];

  constructor(addr: readonly [host: string, port: number], message: string) {
    super(`${message} ('${addr[0]}', ${addr[1]})`);
    this.addr = addr;
  }
}

/** Nobody answers where the channel is said to live. */
export class ChannelConnectException extends ChannelSocketException {
  override name = 'ChannelConnectException';
}

/** The port that channels of this node are to be reached at is taken. */
export class ChannelBindException extends ChannelSocketException {
  override name = 'ChannelBindException';
}

/** The connection to a channel broke and could not be made again. */
export class ChannelLostException extends ChannelSocketException {
  override name = 'ChannelLostException';
}

/** The library is used in a way that it does not allow. */
export class InfoException extends Error {
  override name = 'InfoException';
}

export class FatalException extends Error {
  override name = 'FatalException';
}
