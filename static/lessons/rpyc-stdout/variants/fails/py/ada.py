import time

import rpyc

conn = rpyc.classic.connect("server")

conn.execute("print('one')")
with rpyc.classic.redirected_stdio(conn):
    conn.execute("print('two')")
    conn.execute("1 / 0")

serving = rpyc.BgServingThread(conn)
time.sleep(3)
serving.stop()
conn.close()
