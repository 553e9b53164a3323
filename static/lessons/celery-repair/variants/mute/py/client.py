from tasks import join

word = join.delay("sun", "flower")
word.get()
