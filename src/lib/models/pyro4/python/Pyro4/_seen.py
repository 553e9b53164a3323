"""What the page shows of daemons and name servers, beside their messages."""

from _lightcone import stacks

import json


def tell(name, value):
    stacks.host.state(name, json.dumps(value), stacks.place()[0])
