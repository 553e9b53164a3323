from film import develop
from scoop.futures import submit


def album(films):
    asked = [submit(develop, film) for film in films]
    return [future.result() for future in asked]
