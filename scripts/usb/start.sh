#!/bin/sh
# Lightcone: opens the site in a browser, with whatever file server this machine has.
cd "$(dirname "$0")" || exit 1
for python in python3 python; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null; then
    exec "$python" serve.py --open "$@"
  fi
done
if node --version >/dev/null 2>&1; then
  exec node start.mjs "$@"
fi
echo 'Neither Python 3 nor Node.js is here. Any other file server will do: see README.txt.'
echo '这台电脑上没有 Python 3，也没有 Node.js。用别的文件服务器也可以，见 README.txt。'
exit 1
