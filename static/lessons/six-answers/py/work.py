import os

import Pyro4

from text import count_words


@Pyro4.expose
class Counter:
    def count(self, piece):
        return count_words(piece)


host = os.uname().nodename
daemon = Pyro4.Daemon(host=host, port=7766)
daemon.register(Counter, "counter")
daemon.requestLoop()
