// A function in Python, for server to run.
export const where = `
def where():
    return os.getcwd()
`;
