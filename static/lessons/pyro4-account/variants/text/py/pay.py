def pay(balances, name, price):
    if name not in balances:
        raise KeyError("unknown account")
    if balances[name] < price:
        return "not enough"
    balances[name] -= price
    return balances[name]
