from tasks import app

sum = app.AsyncResult("sum-1")
print(sum.state, sum.result)
