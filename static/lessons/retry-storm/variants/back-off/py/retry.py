import asyncio
import random


# After so many tries that failed: once more?
async def again(tries):
    if tries >= 3:
        return False
    await asyncio.sleep(random.random() * 2**tries)
    return True


# A user got an answer.
def succeeded():
    pass
