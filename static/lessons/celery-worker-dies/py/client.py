from tasks import charge

results = [charge.delay(order) for order in "ABC"]
print("sent A, B and C")
for result in results:
    try:
        print(result.get())
    except Exception as error:
        print(type(error).__name__)
