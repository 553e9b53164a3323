import http.client
import threading
import time


def click(path):
    began = time.monotonic()
    web = http.client.HTTPConnection("web")
    web.request("GET", path)
    reply = web.getresponse()
    body = reply.read().decode()
    seconds = time.monotonic() - began
    if seconds > 1:
        print("that was slow")
    return reply.status, body, seconds


def visit(user):
    status, body, seconds = click(f"/order/{user}")
    print(f"{user} is answered after {seconds:.1f} s")
    link = body
    while status == 202:
        time.sleep(1)
        status, body, _ = click(link)
    print(f"{user} sees {body}")


for user in ["Ada", "Bo", "Cy"]:
    threading.Thread(target=visit, args=[user]).start()
