import rpyc

from text import count_words


class Counter(rpyc.Service):
    def exposed_count(self, piece):
        return count_words(piece)


rpyc.ThreadedServer(Counter, port=18861).start()
