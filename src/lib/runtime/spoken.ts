// Protocols of models that programs may speak on any port, the real packages among them (NET5).

import type { SpokenProtocol } from '#lib/node/dissect.ts';
import { PYCSP_WIRE } from '#lib/models/pycsp/dissector.ts';
import { pyroWire } from '#lib/models/pyro4/dissector.ts';
import { REGISTRY_WIRE, RPYC_WIRE } from '#lib/models/rpyc/dissector.ts';
import { HTTP_WIRE } from '#lib/models/web/dissector.ts';

/** For one process: what it hears of names on one connection may be spoken of on others. */
export function spokenProtocols(): readonly SpokenProtocol[] {
  return [RPYC_WIRE, REGISTRY_WIRE, pyroWire(), PYCSP_WIRE, HTTP_WIRE];
}
