def pay(balances, name, price):
    if name not in balances:
        raise KeyError("unknown account")
    balances[name] -= price
    return balances[name]
