import time
from threading import Lock


class Account:
    def __init__(self):
        self.balance = 0

    def deposit(self, cash):
        self.balance += cash

    def pay(self, price):
        with Lock():
            return self.take(price)

    def take(self, price):
        before = self.balance
        if before < price:
            print("refused", price)
            return "not enough"
        time.sleep(0.5)  # wraps it
        self.balance = before - price
        print("paid", price, "left", self.balance)
        return "bought"
