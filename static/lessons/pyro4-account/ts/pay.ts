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
  return balances[name];
}
