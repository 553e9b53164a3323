import Pyro4

bank = Pyro4.Proxy("PYRO:bank@bank:9000")

accounts = bank.accounts()
accounts["ada"] = 1000
print("mine", accounts["ada"])
print("bank", bank.accounts()["ada"])

for name in ["bob", "ada"]:
    try:
        print(name, "has", bank.pay(name, 130))
    except Exception as error:
        print(name, type(error).__name__, error)

print("left", bank.accounts()["ada"])
