// A function in Python, for server to run.
export const where = `
def where():
    import os
    return os.getcwd()
`;
