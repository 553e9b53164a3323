// `Configuration` and the names of its settings, as programs import them.

import { show } from '#lib/node/print.ts';
import { SETTING, type Setting, type Settings } from '../engine/configuration.ts';
import { InfoException } from '../errors.ts';

/** What `import … from 'pycsp'` gives of settings: all objects of the class are of one mind. */
export function configurationNames(settings: Settings): Record<string, unknown> {
  class Configuration {
    get(setting: unknown): unknown {
      return settings.get(known(setting));
    }

    set(setting: unknown, value: unknown): void {
      settings.set(known(setting), value);
    }
  }

  function known(setting: unknown): Setting {
    if (settings.has(setting)) return setting;
    const names = Object.keys(SETTING).join(', ');
    throw new InfoException(`no such setting: ${show(setting)} (settings: ${names})`);
  }

  return { Configuration, ...SETTING };
}
