# After so many tries that failed: once more?
async def again(tries):
    return tries < 3


# A user got an answer.
def succeeded():
    pass
