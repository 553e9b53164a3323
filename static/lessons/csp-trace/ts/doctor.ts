import { disk, sleep } from 'node';
import { process } from 'pycsp';

const BEGIN = /BlockOn(Read|Write)/;
const DONE = /Done(Read|Write)/;
const WHERE = /chan_name': '(\w+)'/;
const WHO = /[.](\w+)'}/;

/** Prints what was begun and is not done. */
export const doctor = process(async function doctor() {
  await sleep(0.4);
  const open = new Map<string, string>();
  const trace = disk.readText('trace.log');
  for (const line of trace.split('\n')) {
    const where = WHERE.exec(line)?.[1];
    const who = WHO.exec(line)?.[1];
    const what = BEGIN.exec(line)?.[1];
    const deed = `${who} at ${where}`;
    if (what) open.set(deed, what);
    if (DONE.test(line)) open.delete(deed);
  }
  for (const [deed, what] of open) {
    console.log('open:', deed, what);
  }
});
