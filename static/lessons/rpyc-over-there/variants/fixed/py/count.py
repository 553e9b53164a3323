def count():
    name = "ada"
    visits = open("visits.txt").read().split()
    return visits.count(name)
