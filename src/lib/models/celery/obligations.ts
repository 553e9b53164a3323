// What Redis owes to the cluster, as names that workers' timers refer to (KT7): a check of theirs is
// foreground exactly as long as it may find something.

/** A queue is not empty: the poll of a worker that has room will take from it. */
export const QUEUED = 'celery/queued';
/** A delivery is unacknowledged: the check for lost ones may put it back. */
export const UNACKED = 'celery/unacked';
