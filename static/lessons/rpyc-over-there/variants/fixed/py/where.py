def where():
    import os

    return os.getcwd()
