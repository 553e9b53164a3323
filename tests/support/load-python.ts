// What Python nodes are made from, as a page of engines.ts gets it.

import type { LabPython } from '#lib/runtime/lab.ts';

/** From the server of engines.ts. */
export async function loadPython(): Promise<LabPython> {
  const [script, module, stdlib, snapshot] = await Promise.all(
    ['script', 'module', 'stdlib', 'snapshot'].map(async (part) => {
      const response = await fetch(`/python/${part}`);
      if (!response.ok) throw new Error(`${response.status} /python/${part}`);
      return response.arrayBuffer();
    }),
  );
  return {
    script: new TextDecoder().decode(script),
    module: module!,
    stdlib: stdlib!,
    snapshot: snapshot!,
  };
}
