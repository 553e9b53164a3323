from dataclasses import dataclass

import rpyc


@dataclass
class Item:
    exposed_name: str
    exposed_price: int
    exposed_stock: int


ITEMS = [
    Item("tea", 3, 20),
    Item("rice", 2, 35),
    Item("soap", 4, 12),
    Item("lamp", 15, 3),
    Item("rope", 6, 8),
    Item("salt", 1, 40),
    Item("cup", 5, 10),
    Item("pen", 2, 25),
]


class Shop(rpyc.Service):
    def exposed_items(self):
        return [
            (item.exposed_price, item.exposed_stock)
            for item in ITEMS
        ]


rpyc.ThreadedServer(Shop, port=18861).start()
