import sys
import time

import Pyro4

cash, price, seconds = map(int, sys.argv[1:])
shop = Pyro4.Proxy("PYRONAME:shop@names")

shop.log_on("home")
balance = shop.deposit("home", cash)
print("in the account:", balance)

time.sleep(seconds)  # looks around
print(price, shop.buy("home", price))
