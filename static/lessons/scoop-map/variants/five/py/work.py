def divisors(n):
    count = 0
    for d in range(1, n + 1):
        if n % d == 0:
            count += 1
    return count


def loop(numbers):
    return sum(divisors(n) for n in numbers)


def cut(numbers, size):
    starts = range(0, len(numbers), size)
    return [numbers[at : at + size] for at in starts]
