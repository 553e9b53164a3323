// The engine's own exceptions as they cross the wire.

import type { CeleryError } from './errors.ts';
import { dumps } from './json.ts';
import type { WireError } from './space.ts';

export function wireOf(error: CeleryError): WireError {
  return {
    type: error.name,
    module: error.pythonModule,
    argumentsText: dumps([...error.pythonArguments]),
  };
}
