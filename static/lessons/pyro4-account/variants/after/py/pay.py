def pay(balances, name, price):
    if name not in balances:
        raise KeyError("unknown account")
    balances[name] -= price
    if balances[name] < 0:
        raise ValueError("not enough")
    return balances[name]
