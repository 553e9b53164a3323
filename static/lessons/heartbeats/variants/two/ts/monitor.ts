import { datagram, sleep } from 'node';

const PATIENCE = 2; // seconds of silence
const parcels = new Map([
  ['worker1', 'A'],
  ['worker2', 'B'],
]);
const heard = new Map<string, number>();
const suspects = new Set<string>();
const socket = datagram(7000);

for (const [worker, parcel] of parcels) {
  socket.send(worker, 7000, parcel, 'task');
  heard.set(worker, Date.now());
}

socket.onMessage(({ from, text }) => {
  heard.set(from, Date.now());
  if (text === 'done') parcels.delete(from);
  if (suspects.delete(from)) {
    console.log(from, 'is back');
  }
});

for (;;) {
  await sleep(0.1);
  for (const [worker, parcel] of parcels) {
    const silence = Date.now() - heard.get(worker);
    if (silence / 1000 < PATIENCE) continue;
    console.log('suspects', worker);
    suspects.add(worker);
    parcels.delete(worker);
    socket.send('worker3', 7000, parcel, 'task');
  }
}
