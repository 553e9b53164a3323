# Uses service.py, and is asked by it.
import sys

import rpyc


class Me(rpyc.Service):
    def exposed_name(self):
        return "ada"


def attempt(work):
    try:
        print(work())
    except Exception as error:
        print(type(error).__name__, str(error).splitlines()[0])


conn, other = (rpyc.connect(sys.argv[1], 18861, service=Me) for _ in range(2))
shop = conn.root
print(shop.buy("tea"), shop.exposed_buy("tea", count=2), other.root.buy("tea"))
print(shop.open, shop.get_service_name(), shop.get_service_aliases(), shop.ask())
plain = shop.plain()
print(plain.price)
attempt(lambda: plain.public)
attempt(lambda: shop.secret())
attempt(lambda: shop.buy())
attempt(lambda: setattr(shop, "open", False))
attempt(lambda: setattr(plain, "price", 3))
attempt(lambda: shop.__dict__)
attempt(lambda: rpyc.classic.obtain(plain))
