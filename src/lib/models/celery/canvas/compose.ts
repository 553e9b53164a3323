// Joining signatures, as Python's `|` does it (celery/canvas.py, `__or__`).

import { addTo, chordOf, groupOf, type Signature } from './signature.ts';

export function chainOf(tasks: Signature[]): Signature {
  return { ...groupOf([]), task: 'celery.chain', composition: 'chain', tasks };
}

/** What comes of something and what is to follow it. */
export function piped(before: Signature, next: Signature): Signature {
  const steps = stepsOf(before);
  if (next.composition === 'chain') return chainOf([...steps, ...stepsOf(next)]);
  if (next.composition === 'group') {
    return chainOf([...steps, next.tasks.length === 1 ? next.tasks[0]! : next]);
  }
  const last = steps.at(-1);
  if (last?.composition === 'group') {
    return alone([...steps.slice(0, -1), chordOf(last, next, new Map())]);
  }
  if (last?.composition === 'chord') {
    const body = piped(last.body!, next);
    return alone([...steps.slice(0, -1), { ...last, body }]);
  }
  return chainOf([...steps, next]);
}

/** A chain of a chord only is that chord. */
function alone(steps: Signature[]): Signature {
  return steps.length === 1 ? steps[0]! : chainOf(steps);
}

export function stepsOf(signature: Signature): Signature[] {
  return signature.composition === 'chain' ? signature.tasks : [signature];
}

/** Has `errbacks` called by whatever of it fails. */
export function linkErrors(signature: Signature, errbacks: readonly Signature[]): void {
  if (signature.composition === 'chord') return linkErrors(signature.body!, errbacks);
  if (signature.composition !== 'group') return addTo(signature, 'link_error', errbacks);
  for (const task of signature.tasks) linkErrors(task, errbacks);
}
