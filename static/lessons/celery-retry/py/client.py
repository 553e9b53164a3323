from tasks import pay

payment = pay.delay("A")
try:
    print(payment.get())
except Exception:
    print("payment failed")
