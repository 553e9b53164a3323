from tasks import add

sum = add.apply_async((4, 4), task_id="sum-1")
print("sent")
print(sum.get())
