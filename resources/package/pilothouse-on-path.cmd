@echo off
rem Names folders by variables: a path written in here would be read in another alphabet than it was written in.
if not exist "%LOCALAPPDATA%\Programs\Pilothouse\resources\bin\pilothouse.cmd" goto for_all_users
"%LOCALAPPDATA%\Programs\Pilothouse\resources\bin\pilothouse.cmd" %*
:for_all_users
"%ProgramFiles%\Pilothouse\resources\bin\pilothouse.cmd" %*
