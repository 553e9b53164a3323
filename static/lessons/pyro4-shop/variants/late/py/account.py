import time


class Account:
    def __init__(self):
        self.balance = 0

    def deposit(self, cash):
        self.balance += cash

    def pay(self, price):
        before = self.balance
        if before < price:
            print("refused", price)
            return "not enough"
        time.sleep(0.5)  # wraps it
        self.balance -= price
        print("paid", price, "left", self.balance)
        return "bought"
