@echo off
node "%~dp0pilothouse" %*
