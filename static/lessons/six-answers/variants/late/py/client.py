from text import pieces, total
from work import count

results = [count.delay(piece) for piece in pieces]
counted = [result.get() for result in results]
print("total", total(counted))
