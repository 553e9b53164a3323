import time

import rpyc

conn = rpyc.classic.connect("server")

conn.execute("print('one')")
print(conn.eval("'two'"))

serving = rpyc.BgServingThread(conn)
time.sleep(3)
serving.stop()
conn.close()
