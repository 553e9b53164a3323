import Pyro4

first = Pyro4.Proxy("PYRONAME:a@names")
try:
    seen = first.pass_on([])
    print("came round:", *seen)
except Pyro4.errors.CommunicationError as error:
    print("no reply:", type(error).__name__)
