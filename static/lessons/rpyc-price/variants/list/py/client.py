import rpyc

conn = rpyc.connect("shop", 18861)

worth = 0
for price, stock in conn.root.items():
    worth += price * stock
print("stock is worth", worth)
