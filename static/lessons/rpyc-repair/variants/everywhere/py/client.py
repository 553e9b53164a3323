import rpyc

conn = rpyc.classic.connect("server")
conn.execute("prices = [3, 5, 9]")
conn.execute("total = sum(prices)")
print("total", conn.namespace["total"])
