lines = [
    "the fox and the dog and the cat",
    "the dog saw the fox",
    "a cat saw the dog and a fox",
    "the fox saw a bird and the bird saw the cat",
    "and the dog saw the bird",
]
