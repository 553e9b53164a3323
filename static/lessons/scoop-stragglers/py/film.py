from time import sleep


def develop(film):
    sleep(3)  # in the bath
    print("developed", film, flush=True)
    return film
