from film import develop
from scoop.futures import submit, wait


def album(films):
    asked = [submit(develop, film) for film in films]
    wait(asked, timeout=5)
    pages = []
    for film, first in zip(films, asked):
        tries = [first]
        if not first.done():
            tries.append(submit(develop, film))
        done, _ = wait(tries)
        pages.append(done.pop().result())
    return pages
