import sys
import time

import rpyc

price = int(sys.argv[1])


class Shop(rpyc.Service):
    def exposed_price(self, item):
        time.sleep(1)  # looks it up
        return price


rpyc.ThreadedServer(Shop, port=18861).start()
