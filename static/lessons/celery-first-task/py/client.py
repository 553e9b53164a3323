from tasks import add

r = add.delay(4, 4)
print("sent")
print(r.get())
