// The Python packages of this model, as texts: part of every interpreter's snapshot.

import billiardInit from './billiard/__init__.py?raw';
import billiardExceptions from './billiard/exceptions.py?raw';
import celeryInit from './celery/__init__.py?raw';
import celeryEager from './celery/_eager.py?raw';
import celeryEngine from './celery/_engine.py?raw';
import celeryMissing from './celery/_missing.py?raw';
import celeryState from './celery/_state.py?raw';
import celeryApp from './celery/app.py?raw';
import celeryBeat from './celery/beat.py?raw';
import celeryCanvas from './celery/canvas.py?raw';
import celeryConf from './celery/conf.py?raw';
import celeryControl from './celery/control.py?raw';
import celeryEvents from './celery/events/__init__.py?raw';
import celeryEventsState from './celery/events/state.py?raw';
import celeryExceptions from './celery/exceptions.py?raw';
import celeryResult from './celery/result.py?raw';
import celerySchedules from './celery/schedules.py?raw';
import celerySignals from './celery/signals.py?raw';
import celeryTask from './celery/task.py?raw';
import celeryUtilsInit from './celery/utils/__init__.py?raw';
import celeryUtilsLog from './celery/utils/log.py?raw';
import kombuInit from './kombu/__init__.py?raw';
import kombuConnection from './kombu/connection.py?raw';
import kombuEntity from './kombu/entity.py?raw';
import kombuExceptions from './kombu/exceptions.py?raw';

/** Text by path, as below a folder of sys.path. */
export const CELERY_FILES: Readonly<Record<string, string>> = {
  'billiard/__init__.py': billiardInit,
  'billiard/exceptions.py': billiardExceptions,
  'celery/__init__.py': celeryInit,
  'celery/_eager.py': celeryEager,
  'celery/_engine.py': celeryEngine,
  'celery/_missing.py': celeryMissing,
  'celery/_state.py': celeryState,
  'celery/app.py': celeryApp,
  'celery/beat.py': celeryBeat,
  'celery/canvas.py': celeryCanvas,
  'celery/conf.py': celeryConf,
  'celery/control.py': celeryControl,
  'celery/events/__init__.py': celeryEvents,
  'celery/events/state.py': celeryEventsState,
  'celery/exceptions.py': celeryExceptions,
  'celery/result.py': celeryResult,
  'celery/schedules.py': celerySchedules,
  'celery/signals.py': celerySignals,
  'celery/task.py': celeryTask,
  'celery/utils/__init__.py': celeryUtilsInit,
  'celery/utils/log.py': celeryUtilsLog,
  'kombu/__init__.py': kombuInit,
  'kombu/connection.py': kombuConnection,
  'kombu/entity.py': kombuEntity,
  'kombu/exceptions.py': kombuExceptions,
};
