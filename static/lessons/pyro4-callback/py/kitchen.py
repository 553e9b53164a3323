import time

import Pyro4


@Pyro4.expose
class Kitchen:
    rest = 0

    def left(self):
        return self.rest

    def order(self, dishes, bell):
        for index, dish in enumerate(dishes):
            time.sleep(0.5)  # cooks
            self.rest = len(dishes) - index - 1
            bell.ring(dish)
        return "enjoy"


daemon = Pyro4.Daemon(host="kitchen", port=9000)
daemon.register(Kitchen(), "kitchen")
daemon.requestLoop()
