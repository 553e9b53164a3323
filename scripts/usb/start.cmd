@echo off
rem Lightcone: opens the site in a browser, with whatever file server this machine has.
chcp 65001 >nul
cd /d "%~dp0"
rem A name alone says little: Windows has a "python" that only opens its shop.
for %%p in ("py -3" python3 python) do (
  %%~p -c "import sys" >nul 2>nul && (
    %%~p serve.py --open %*
    goto end
  )
)
node --version >nul 2>nul && (
  node start.mjs %*
  goto end
)
echo Neither Python 3 nor Node.js is here. Any other file server will do: see README.txt.
echo 这台电脑上没有 Python 3，也没有 Node.js。用别的文件服务器也可以，见 README.txt。
pause
:end
