type Balances = Record<string, number>;

class KeyError extends Error {
  name = 'KeyError';
}

class NotEnough extends Error {
  name = 'NotEnough';
}

export function pay(
  balances: Balances,
  name: string,
  price: number,
) {
  if (!(name in balances)) {
    throw new KeyError('unknown account');
  }
  if (balances[name] < price) {
    throw new NotEnough('not enough');
  }
  balances[name] -= price;
  return balances[name];
}
