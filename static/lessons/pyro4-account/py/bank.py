import Pyro4

from pay import pay

balances = {"ada": 100, "cy": 50}


@Pyro4.expose
class Bank:
    def accounts(self):
        return balances

    def pay(self, name, price):
        return pay(balances, name, price)


daemon = Pyro4.Daemon(host="bank", port=9000)
daemon.register(Bank(), "bank")
daemon.requestLoop()
