import rpyc

from where import where

conn = rpyc.classic.connect("server")

print("mine:", open("visits.txt").read().strip())
print("where", conn.teleport(where)())

guest = open("name.txt").read().strip()
count = 0
for line in conn.builtins.open("visits.txt"):
    if line.strip() == guest:
        count += 1
print("count", count)
