import { Proxy } from 'pyro4';

const first = new Proxy('PYRONAME:a@names');
try {
  const seen = await first.passOn([]);
  console.log('came round:', seen.join(' '));
} catch (error) {
  console.log('no reply:', error.name);
}
