// schedule.json as it is written: without the schema, which the page loads later.

export const SCHEDULE_FILE = 'schedule.json';

/** The text of a schedule.json. */
export function scheduleText(node: string, schedule: readonly number[]): string {
  return `${JSON.stringify({ [node]: schedule })}\n`;
}
