from tasks import add

sum = add.delay(4, 4)
print("sent")
print(sum.get())
