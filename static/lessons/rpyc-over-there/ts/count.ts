// A function in Python, for server to run.
export const count = `
def count():
    name = open("name.txt").read().strip()
    visits = open("visits.txt").read().split()
    return visits.count(name)
`;
