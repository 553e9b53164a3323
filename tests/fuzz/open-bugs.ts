// Invariants that are known not to hold yet, by name. Each has a cause and an owner; the list is to
// become empty again.

export const OPEN_BUGS: readonly string[] = [];
