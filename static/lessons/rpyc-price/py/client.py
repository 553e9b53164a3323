import rpyc

conn = rpyc.connect("shop", 18861)

worth = 0
for item in conn.root.items():
    worth += item.price * item.stock
print("stock is worth", worth)
