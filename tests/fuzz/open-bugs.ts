// Invariants that are known not to hold yet, by name. Each has a cause and an owner; the list is to
// become empty again.

export const OPEN_BUGS: readonly string[] = [
  // NET4: requests and refusals in flight cross a partition.
  'nothing crosses a partition',
  // NET2: a hole that is filled, or never will be, behind which segments are held.
  'messages are conserved',
  'connections keep order',
  'windows never show',
  // A time-out at the server's end names the client's request.
  'causes precede effects',
];
