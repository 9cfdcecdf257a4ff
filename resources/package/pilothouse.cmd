@echo off
"%~dp0..\runtime\node.exe" "%~dp0..\program\dist\main\cli.js" %*
