from tasks import join

word = join.delay()
word.get()
