import sys
import time

import rpyc

conn = rpyc.classic.connect("server")

conn.execute("print('one')")
old = conn.modules.sys.stdout
conn.modules.sys.stdout = sys.stdout
conn.execute("print('two')")
conn.execute("1 / 0")
conn.modules.sys.stdout = old

serving = rpyc.BgServingThread(conn)
time.sleep(3)
serving.stop()
conn.close()
