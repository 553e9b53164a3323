import Pyro4

chain = Pyro4.Proxy("PYRONAME:chain.a@ns")
print(chain.pass_on([]))
