import time

import on_rabbit
import on_redis

for order in range(1, 11):
    on_redis.keep.delay(order)
    on_rabbit.keep.delay(order)
    time.sleep(0.03)
print("sent ten to each")
