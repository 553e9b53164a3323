// What Monaco knows of JSON by a schema: which keys there are, and what they mean, while somebody types. Loaded
// where lessons are written. What is wrong is said in our own words (json-file.ts), as `check` says it, so
// Monaco's own are left out.

import JsonWorker from 'monaco-editor/languages/features/json/json.worker.js?worker';
import { jsonDefaults } from 'monaco-editor/languages/features/json/register.js';

/** Schemas by the files that they are for: `lesson.json`, or any folder's: `**\/cluster.json`. */
export function helpWithJson(schemas: Readonly<Record<string, object>>): void {
  const { getWorker } = globalThis.MonacoEnvironment!;
  globalThis.MonacoEnvironment!.getWorker = (module, label) =>
    label === 'json' ? new JsonWorker() : getWorker!(module, label);
  jsonDefaults.setModeConfiguration({ completionItems: true, hovers: true, tokens: false });
  jsonDefaults.setDiagnosticsOptions({
    validate: false,
    enableSchemaRequest: false,
    schemas: Object.entries(schemas).map(([file, schema]) => ({
      uri: `inmemory://${file}`,
      fileMatch: [file],
      schema,
    })),
  });
}
