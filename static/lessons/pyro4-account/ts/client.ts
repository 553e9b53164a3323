import { Proxy } from 'pyro4';

const bank = new Proxy('PYRO:bank@bank:9000');

const accounts = await bank.accounts();
accounts.ada = 1000;
console.log('mine', accounts.ada);
console.log('bank', (await bank.accounts()).ada);

for (const name of ['bob', 'ada']) {
  try {
    console.log(name, 'has', await bank.pay(name, 130));
  } catch (error) {
    console.log(name, error.name, error.message);
  }
}

console.log('left', (await bank.accounts()).ada);
