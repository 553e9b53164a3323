import time

import rpyc

conn = rpyc.classic.connect("server")


def say(text):
    try:
        conn.execute(f"print('{text}')")
        print("said", text)
    except EOFError:
        print("could not say", text, "EOFError")


say("three")
time.sleep(3)
say("four")
