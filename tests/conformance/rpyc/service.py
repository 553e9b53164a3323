# A service with what may be done to it and what may not.
import sys

import rpyc
from rpyc.utils.server import ThreadedServer


class Plain:
    def __init__(self):
        self.public = 1
        self.exposed_price = 2


class ShopService(rpyc.Service):
    ALIASES = ["shop", "kiosk"]
    exposed_open = True

    def on_connect(self, conn):
        self.conn, self.count = conn, 0

    def exposed_buy(self, name, count=1):
        self.count += count
        return name, self.count

    def exposed_plain(self):
        return Plain()

    def exposed_ask(self):
        return self.conn.root.name().upper()

    def secret(self):
        return "secret"


ThreadedServer(ShopService, hostname=sys.argv[1], port=18861).start()
