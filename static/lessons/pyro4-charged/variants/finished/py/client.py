import uuid

import Pyro4

shop = Pyro4.Proxy("PYRONAME:shop@names")
shop._pyroTimeout = 0.7
shop._pyroMaxRetries = 2

for item in ["pen", "book", "lamp"]:
    order = uuid.uuid4().hex[:8]
    try:
        print(item, shop.buy(order, item))
    except Exception as error:
        print(item, type(error).__name__)
