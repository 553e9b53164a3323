import sys
import time

import rpyc

conn = rpyc.classic.connect("server")

conn.execute("print('one')")
conn.modules.sys.stdout = sys.stdout
conn.execute("print('two')")

serving = rpyc.BgServingThread(conn)
time.sleep(3)
serving.stop()
conn.close()
