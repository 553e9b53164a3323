// A function in Python, for server to run.
export const count = `
def count():
    name = "ada"
    visits = open("visits.txt").read().split()
    return visits.count(name)
`;
