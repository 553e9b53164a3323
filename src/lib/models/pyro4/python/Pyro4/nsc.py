"""Asks a name server from the command line: `python -m Pyro4.nsc list`."""

import optparse

from . import errors, naming

USAGE = """usage: %prog [options] command [arguments]
Commands: register remove removematching lookup list listmatching
          listmeta_all listmeta_any setmeta ping"""


def show(found, title=""):
    print(f"--------START LIST {title}")
    for name, (uri, metadata) in sorted(found.items()):
        print(f"{name} --> {uri}")
        if metadata:
            print("    metadata:", metadata)
    print(f"--------END LIST {title}")


def needs(arguments, are_right, text):
    if not are_right(len(arguments)):
        raise SystemExit(text)


def do_ping(names, _):
    names.ping()
    print("Name server ping ok.")


def do_list(names, arguments):
    if arguments:
        prefix = arguments[0]
        show(names.list(prefix=prefix, return_metadata=True), f"- prefix '{prefix}'")
    else:
        show(names.list(return_metadata=True))


def do_listmatching(names, arguments):
    needs(arguments, lambda count: count == 1, "requires one argument: pattern")
    regex = arguments[0]
    show(names.list(regex=regex, return_metadata=True), f"- regex '{regex}'")


def do_lookup(names, arguments):
    needs(arguments, lambda count: count == 1, "requires one argument: name")
    uri, metadata = names.lookup(arguments[0], return_metadata=True)
    print(uri)
    if metadata:
        print("metadata:", metadata)


def do_register(names, arguments):
    needs(arguments, lambda count: count == 2, "requires two arguments: name uri")
    names.register(*arguments, safe=True)
    print(f"Registered {arguments[0]}")


def do_remove(names, arguments):
    needs(arguments, lambda count: count == 1, "requires one argument: name")
    is_gone = names.remove(arguments[0]) > 0
    print(f"Removed {arguments[0]}" if is_gone else "Nothing removed")


def do_removematching(names, arguments):
    needs(arguments, lambda count: count == 1, "requires one argument: pattern")
    question = "Potentially removing lots of items from the Name server. Are you sure (y/n)?"
    if input(question).strip() in ("y", "Y"):
        print(f"{names.remove(regex=arguments[0])} items removed.")


def do_setmeta(names, arguments):
    text = "requires at least 2 arguments: uri and zero or more meta tags"
    needs(arguments, lambda count: count >= 1, text)
    name, *tags = arguments
    names.set_metadata(name, set(tags))
    print("Metadata updated" if tags else "Metadata cleared")


def do_listmeta_all(names, arguments):
    needs(arguments, lambda count: count >= 1, "requires at least one metadata tag argument")
    found = names.list(metadata_all=set(arguments), return_metadata=True)
    show(found, " - searched by metadata")


def do_listmeta_any(names, arguments):
    needs(arguments, lambda count: count >= 1, "requires at least one metadata tag argument")
    found = names.list(metadata_any=set(arguments), return_metadata=True)
    show(found, " - searched by metadata")


COMMANDS = {name[3:]: it for name, it in list(globals().items()) if name.startswith("do_")}


def main(args=None):
    parser = optparse.OptionParser(usage=USAGE)
    option = parser.add_option
    option("-n", "--host", help="hostname of the NS")
    ports = "port of the NS (or bc-port if host isn't specified)"
    option("-p", "--port", type="int", help=ports)
    option("-u", "--unixsocket", help="Unix domain socket name of the NS")
    option("-k", "--key", help="the HMAC key to use (deprecated)")
    option("-v", "--verbose", action="store_true", help="verbose output")
    options, arguments = parser.parse_args(args)
    if options.key:
        parser.error("HMAC keys are not part of this build")
    if not arguments or arguments[0] not in COMMANDS:
        parser.error("invalid or missing command")
    if options.verbose:
        print("Locating name server...")
    try:
        names = naming.locateNS(options.host, options.port)
    except errors.PyroError as error:
        print(f"Error: {error}")
        return
    if options.verbose:
        print(f"Name server found: {names._pyroUri}")
    try:
        COMMANDS[arguments[0]](names, arguments[1:])
    except Exception as error:
        print(f"Error: {type(error).__name__} - {error}")
    if options.verbose:
        print("Done.")


if __name__ == "__main__":
    main()
