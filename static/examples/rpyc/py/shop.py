import rpyc


class ShopService(rpyc.Service):
    prices = [3, 1, 4, 1, 5, 9, 2, 6]

    def exposed_prices(self):
        """The list stays here: the client gets a netref."""
        return self.prices

    def exposed_prices_by_value(self):
        """A tuple crosses as a value."""
        return tuple(self.prices)


rpyc.ThreadedServer(ShopService, port=18861).start()
