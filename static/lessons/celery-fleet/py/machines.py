machines = [f"m{number}" for number in range(1, 21)]
