import { expect, test } from 'vitest';
import { prepare } from './prepare.ts';

const PACKAGE = {
  'site-packages/kiosk/__init__.py': '',
  'site-packages/kiosk-1.dist-info/entry_points.txt':
    '[console_scripts]\nkiosk-ns = kiosk.naming:main\ncelery = kiosk:fake\n\n[gui_scripts]\nkiosk-gui = kiosk:gui\n',
};

function clusterOf(command: string): string {
  return JSON.stringify({ nodes: { ns: { run: command } } });
}

test('a command that a package brings along runs the script that an installer would write', async () => {
  const { cluster, python } = await prepare({
    ...PACKAGE,
    'cluster.json': clusterOf('kiosk-ns -n 0.0.0.0'),
  });
  expect(cluster.nodes[0]!.argv).toEqual(['python', '/usr/bin/kiosk-ns', '-n', '0.0.0.0']);
  const files = JSON.parse(python!) as Record<string, string>;
  expect(files['/usr/bin/kiosk-ns']).toBe(
    'import sys\nfrom kiosk.naming import main\nsys.exit(main())\n',
  );
});

test('an unknown command is told which commands the packages have', async () => {
  const files = { ...PACKAGE, 'cluster.json': clusterOf('kiosk-gui') };
  await expect(prepare(files)).rejects.toThrow(
    /unknown command: kiosk-gui \(commands: celery, .*rpyc_classic, .*kiosk-ns, or/,
  );
});

test('a package cannot take the place of a command of ours', async () => {
  const files = { ...PACKAGE, 'cluster.json': clusterOf('celery -A tasks worker') };
  await expect(prepare(files)).rejects.toThrow('no such file: tasks.ts or tasks.py');
});

test('a command of our own package needs no installed one, and gives way to it', async () => {
  const cluster = clusterOf('rpyc_classic --host ns');
  const own = await prepare({ 'cluster.json': cluster });
  expect(own.python).toContain('from rpyc.cli.rpyc_classic import main');
  expect(own.python).not.toContain('rpyc_registry');
  const entryPoints = '[console_scripts]\nrpyc_classic = rpyc.other:run\n';
  const installed = await prepare({
    'cluster.json': cluster,
    'site-packages/rpyc/__init__.py': '',
    'site-packages/rpyc-6.dist-info/entry_points.txt': entryPoints,
  });
  expect(installed.python).toContain('from rpyc.other import run');
});
