/** What a run can be saved as, in the order of the menu. */
export const SAVE_FORMATS = ['trace', 'svg', 'png', 'shiviz', 'perfetto', 'otlp'] as const;

export type SaveFormat = (typeof SAVE_FORMATS)[number];
