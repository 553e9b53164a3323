import asyncio
import random

from retry import again, succeeded

waiting = {}
count = answered = 0


class Answers(asyncio.DatagramProtocol):
    def datagram_received(self, data, sender):
        if answer := waiting.get(data):
            answer.set()


async def ask(socket):
    global count
    count += 1
    number = str(count).encode()
    waiting[number] = asyncio.Event()
    socket.sendto(number)
    try:
        async with asyncio.timeout(0.5):
            return await waiting[number].wait()
    except TimeoutError:
        return False
    finally:
        del waiting[number]


async def user(socket):
    global answered
    await asyncio.sleep(random.random() * 3)
    while True:
        ok = await ask(socket)
        tries = 1
        while not ok and await again(tries):
            ok = await ask(socket)
            tries += 1
        if ok:
            answered += 1
            succeeded()
        # reads
        await asyncio.sleep(2.5 + random.random())


async def main():
    global answered
    loop = asyncio.get_running_loop()
    socket, _ = await loop.create_datagram_endpoint(
        Answers, remote_addr=("server", 9)
    )
    users = [user(socket) for _ in range(15)]
    everybody = asyncio.gather(*users)
    for now in range(5, 1000, 5):
        await asyncio.sleep(5)
        print(f"{now} s: answered {answered}")
        answered = 0


asyncio.run(main())
