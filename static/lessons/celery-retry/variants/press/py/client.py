from tasks import pay

pay.delay("A")
payment = pay.delay("A")
try:
    print(payment.get())
except Exception:
    print("payment failed")
