# After so many tries that failed: once more?
async def again(tries):
    return False


# A user got an answer.
def succeeded():
    pass
