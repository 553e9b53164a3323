budget = 2


# After so many tries that failed: once more?
async def again(tries):
    global budget
    if tries >= 3 or budget < 1:
        return False
    budget -= 1
    return True


# A user got an answer.
def succeeded():
    global budget
    budget = min(budget + 0.1, 2)
