from time import time

from album import album

films = ["Rome", "Oslo", "Bern", "Riga"]

if __name__ == "__main__":
    began = time()
    pages = album(films)
    took = f"in {time() - began:.1f} s"
    print(", ".join(pages), took)
