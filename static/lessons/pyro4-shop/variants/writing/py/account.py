import time
from threading import Lock


class Account:
    def __init__(self):
        self.balance = 0
        self.lock = Lock()

    def deposit(self, cash):
        with self.lock:
            self.balance += cash

    def pay(self, price):
        before = self.balance
        if before < price:
            print("refused", price)
            return "not enough"
        time.sleep(0.5)  # wraps it
        with self.lock:
            self.balance = before - price
        print("paid", price, "left", self.balance)
        return "bought"
