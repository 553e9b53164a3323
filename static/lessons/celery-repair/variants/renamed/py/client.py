from tasks import join

word = join.delay("sun", "flower")
print(word.get())
