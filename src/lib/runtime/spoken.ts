// Protocols of models that programs may speak on any port, the real packages among them (NET5).

import type { SpokenProtocol } from '#lib/node/dissect.ts';
import { RPYC_WIRE } from '#lib/models/rpyc/index.ts';

export const SPOKEN: readonly SpokenProtocol[] = [RPYC_WIRE];
