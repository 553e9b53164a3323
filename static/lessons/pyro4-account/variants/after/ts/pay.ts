type Balances = Record<string, number>;

class KeyError extends Error {
  name = 'KeyError';
}

export function pay(
  balances: Balances,
  name: string,
  price: number,
) {
  if (!(name in balances)) {
    throw new KeyError('unknown account');
  }
  balances[name] -= price;
  if (balances[name] < 0) {
    throw new RangeError('not enough');
  }
  return balances[name];
}
