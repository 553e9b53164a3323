// Beginnings that programs of a cluster share. `$1` and `${1:word}` are the places to fill in.

export interface Snippet {
  prefix: string;
  body: string;
}

export const SNIPPETS: readonly Snippet[] = [
  {
    prefix: 'main',
    body: `def main():
    \${1:pass}


if __name__ == "__main__":
    main()
`,
  },
  {
    prefix: 'thread',
    body: `\${1:worker} = threading.Thread(target=\${2:work}, args=(\${3:}))
\${1:worker}.start()
\${1:worker}.join()
`,
  },
  {
    prefix: 'server',
    body: `import socket
import threading


def serve(connection, address):
    with connection:
        while data := connection.recv(1024):
            connection.sendall(\${2:data})


listener = socket.create_server(("", \${1:7000}))
while True:
    threading.Thread(target=serve, args=listener.accept(), daemon=True).start()
`,
  },
  {
    prefix: 'client',
    body: `import socket

with socket.create_connection(("\${1:server}", \${2:7000}), timeout=\${3:5}) as connection:
    connection.sendall(b"\${4:hello}")
    print(connection.recv(1024).decode())
`,
  },
  {
    prefix: 'task',
    body: `@app.task
def \${1:add}(\${2:x, y}):
    return \${3:x + y}
`,
  },
  {
    prefix: 'app',
    body: `from celery import Celery

app = Celery(
    "\${1:tasks}",
    broker="redis://\${2:broker}",
    backend="redis://\${2:broker}",
)
`,
  },
  {
    prefix: 'retry',
    body: `for attempt in range(\${1:3}):
    try:
        \${2:pass}
        break
    except \${3:OSError} as error:
        print("attempt", attempt, error)
        time.sleep(\${4:1})
`,
  },
];
