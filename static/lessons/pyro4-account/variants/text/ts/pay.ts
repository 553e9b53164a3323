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
  if (balances[name] < price) return 'not enough';
  balances[name] -= price;
  return balances[name];
}
