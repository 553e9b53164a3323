import time
import uuid

import Pyro4

TRIES = 3
greeter = Pyro4.Proxy("PYRONAME:greeter@names")
greeter._pyroTimeout = 2
call = uuid.uuid4().hex[:8]

for count in range(TRIES):
    try:
        print(greeter.greet("Ada", call))
        break
    except Pyro4.errors.CommunicationError as error:
        print("no reply:", type(error).__name__)
        time.sleep(1)
