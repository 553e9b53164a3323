import rpyc

conn = rpyc.classic.connect("localhost")
conn.execute("prices = [3, 5, 9]")
conn.execute("total = summ(prices)")
print("total", conn.namespace["total"])
