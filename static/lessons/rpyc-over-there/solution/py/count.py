def count(name):
    visits = open("visits.txt").read().split()
    return visits.count(name)
