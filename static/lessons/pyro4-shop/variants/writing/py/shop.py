import Pyro4

from account import Account

accounts = {}


@Pyro4.expose
class Shop:
    def log_on(self, name):
        if name not in accounts:
            accounts[name] = Account()

    def deposit(self, name, cash):
        accounts[name].deposit(cash)
        return accounts[name].balance

    def buy(self, name, price):
        return accounts[name].pay(price)


daemon = Pyro4.Daemon(host="shop")
uri = daemon.register(Shop())
with Pyro4.locateNS("names") as names:
    names.register("shop", uri)
daemon.requestLoop()
